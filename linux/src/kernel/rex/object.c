// SPDX-License-Identifier: GPL-2.0
/*
 * Objects: loading one, its file descriptor, and its end.
 */
#define pr_fmt(fmt) "rex: " fmt

#include <crypto/sha2.h>
#include <linux/anon_inodes.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/rex.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "elf.h"
#include "frame.h"
#include "ksym.h"
#include "log.h"
#include "object.h"

/* The largest file that is read: text and data, and what is only for tools. */
#define REX_FILE_SIZE_MAX	SZ_64M

LIST_HEAD(rex_objects);
static DEFINE_SPINLOCK(rex_objects_lock);

static void rex_object_free(struct rex_object *obj)
{
	u32 i;

	rex_image_destroy(&obj->image);
	for (i = 0; i < obj->map_cnt; i++)
		bpf_map_put(obj->maps[i]);
	kfree(obj->maps);
	kfree(obj);
}

static void rex_object_free_work(struct work_struct *work)
{
	rex_object_free(container_of(to_rcu_work(work), struct rex_object,
				     rcu_work));
}

/**
 * rex_object_put() - drop a reference to an object
 * @obj: the object
 *
 * With the last one the object is freed, after a grace period: a stack trace
 * on another CPU may be reading its names.
 *
 * Context: process context.
 */
void rex_object_put(struct rex_object *obj)
{
	if (!refcount_dec_and_test(&obj->refs))
		return;

	rex_ksym_del(obj);
	spin_lock(&rex_objects_lock);
	list_del_rcu(&obj->node);
	spin_unlock(&rex_objects_lock);

	INIT_RCU_WORK(&obj->rcu_work, rex_object_free_work);
	queue_rcu_work(system_unbound_wq, &obj->rcu_work);
}

static int rex_object_release(struct inode *inode, struct file *file)
{
	rex_object_put(file->private_data);
	return 0;
}

#ifdef CONFIG_PROC_FS
static void rex_object_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct rex_object *obj = file->private_data;

	seq_printf(m, "rex_object:\t%s\n", obj->name);
	seq_printf(m, "progs:\t%u\n", obj->image.prog_cnt);
	seq_printf(m, "maps:\t%u\n", obj->map_cnt);
	seq_printf(m, "memory:\t%u\n", obj->image.size);
}
#endif

static const struct file_operations rex_object_fops = {
	.owner		= THIS_MODULE,
	.release	= rex_object_release,
#ifdef CONFIG_PROC_FS
	.show_fdinfo	= rex_object_show_fdinfo,
#endif
};

/**
 * rex_object_from_fd() - get the object behind a file descriptor
 * @fd: the file descriptor
 *
 * Context: process context.
 * Return: the object with a reference for the caller; -EBADF as a pointer
 * where @fd is not open, -EINVAL where it is something else.
 */
struct rex_object *rex_object_from_fd(u32 fd)
{
	CLASS(fd, f)(fd);
	struct rex_object *obj;

	if (!fd_file(f))
		return ERR_PTR(-EBADF);
	if (fd_file(f)->f_op != &rex_object_fops)
		return ERR_PTR(-EINVAL);

	obj = fd_file(f)->private_data;
	refcount_inc(&obj->refs);
	return obj;
}

/* What a kernel module needs, an extension needs: both are native code. */
static int rex_may_load(struct rex_log *log)
{
	if (!capable(CAP_SYS_MODULE)) {
		rex_log(log, "loading native code needs CAP_SYS_MODULE: run the loader as root or with that capability");
		return -EPERM;
	}
	if (modules_disabled) {
		rex_log(log, "the sysctl kernel.modules_disabled is set and holds for extensions too: reboot to clear it");
		return -EPERM;
	}
	if (is_module_sig_enforced()) {
		rex_log(log, "this kernel takes only signed modules (module.sig_enforce), and the object is not signed: sign it, or boot without");
		return -EKEYREJECTED;
	}
	if (security_locked_down(LOCKDOWN_MODULE_SIGNATURE)) {
		rex_log(log, "the kernel is locked down and the object is not signed: sign it, or boot without lockdown");
		return -EPERM;
	}
	return 0;
}

static void *rex_copy_image(u64 uaddr, u32 size, struct rex_log *log)
{
	void *bytes;
	int err;

	if (!size) {
		rex_log(log, "the file is empty: give the ELF file that the build made");
		return ERR_PTR(-ENOEXEC);
	}
	if (size > REX_FILE_SIZE_MAX) {
		rex_log(log, "the file has %u bytes, more than %u: strip its debug information (llvm-strip -g)",
			size, REX_FILE_SIZE_MAX);
		return ERR_PTR(-E2BIG);
	}

	err = security_kernel_load_data(LOADING_MODULE, true);
	if (err) {
		rex_log(log, "a security module refuses to load native code (error %d): see its log",
			err);
		return ERR_PTR(err);
	}

	bytes = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!bytes)
		return ERR_PTR(-ENOMEM);

	err = -EFAULT;
	if (copy_from_user(bytes, u64_to_user_ptr(uaddr), size))
		goto err_free;

	err = security_kernel_post_load_data(bytes, size, LOADING_MODULE,
					     "rex");
	if (err) {
		rex_log(log, "a security module refuses this object (error %d): see its log",
			err);
		goto err_free;
	}
	return bytes;

err_free:
	kvfree(bytes);
	return ERR_PTR(err);
}

/*
 * Maps that say where packets are redirected to. A program names them and
 * their keys, and sees no values; the kernel makes those of devices read-only.
 */
static bool rex_map_redirects(enum bpf_map_type type)
{
	return type == BPF_MAP_TYPE_DEVMAP ||
	       type == BPF_MAP_TYPE_DEVMAP_HASH ||
	       type == BPF_MAP_TYPE_CPUMAP;
}

/* Types whose use in an extension means the same as in an eBPF program. */
static bool rex_map_type_ok(enum bpf_map_type type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_RINGBUF:
		return true;
	default:
		return rex_map_redirects(type);
	}
}

/*
 * What eBPF's verifier refuses or minds when a program uses a map. Fields
 * that the kernel manages inside a value would be open to the extension,
 * which sees a value as plain bytes.
 */
static int rex_map_check(const struct bpf_map *map, u32 i, struct rex_log *log)
{
	if (!rex_map_type_ok(map->map_type)) {
		rex_log(log, "map %u ('%s'): extensions can't use maps of type %u",
			i, map->name, map->map_type);
		return -EINVAL;
	}
	if (!IS_ERR_OR_NULL(map->record) &&
	    (map->record->field_mask & ~BPF_SPIN_LOCK)) {
		rex_log(log, "map %u ('%s'): its values have fields that the kernel manages (timers, kptrs, lists): use plain data",
			i, map->name);
		return -EINVAL;
	}
	if ((map->map_flags & (BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)) &&
	    !rex_map_redirects(map->map_type)) {
		rex_log(log, "map %u ('%s'): its flags forbid programs to read or write: create it without BPF_F_RDONLY_PROG and BPF_F_WRONLY_PROG",
			i, map->name);
		return -EINVAL;
	}
	return 0;
}

static int rex_object_get_maps(struct rex_object *obj,
			       const struct rex_obj_load_attr *attr,
			       const struct rex_elf *elf, struct rex_log *log)
{
	const s32 __user *fds = u64_to_user_ptr(attr->map_fds);
	u32 cnt = attr->map_cnt, want = 0;
	struct bpf_map *map;
	int err;
	u32 i;
	s32 fd;

	if (elf->maps)
		want = elf->maps->sh_size / sizeof(struct rex_map_desc);
	if (cnt != want) {
		rex_log(log, "it has %u maps, but %u map file descriptors came with it: give one for each entry of its .rex.maps",
			want, cnt);
		return -EINVAL;
	}
	if (!cnt)
		return 0;

	obj->maps = kcalloc(cnt, sizeof(*obj->maps), GFP_KERNEL_ACCOUNT);
	if (!obj->maps)
		return -ENOMEM;

	for (i = 0; i < cnt; i++) {
		if (get_user(fd, fds + i))
			return -EFAULT;
		map = bpf_map_get(fd);
		if (IS_ERR(map)) {
			rex_log(log, "map %u: file descriptor %d is not a BPF map: create the map first",
				i, fd);
			return PTR_ERR(map);
		}
		obj->maps[obj->map_cnt++] = map;
		err = rex_map_check(map, i, log);
		if (err)
			return err;
	}
	return 0;
}

static bool rex_object_name_ok(const char *name)
{
	size_t len = strnlen(name, REX_OBJ_NAME_LEN);

	if (!len || len == REX_OBJ_NAME_LEN)
		return false;
	for (; *name; name++)
		if (!isalnum(*name) && !strchr("_-.", *name))
			return false;
	return true;
}

static struct rex_object *
rex_object_create(const struct rex_obj_load_attr *attr, struct rex_log *log)
{
	struct rex_object *obj;
	struct rex_elf *elf;
	void *bytes;
	int err;

	err = rex_may_load(log);
	if (err)
		return ERR_PTR(err);

	bytes = rex_copy_image(attr->image, attr->image_size, log);
	if (IS_ERR(bytes))
		return bytes;

	err = -ENOMEM;
	elf = kzalloc(sizeof(*elf), GFP_KERNEL_ACCOUNT);
	if (!elf)
		goto err_bytes;
	obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	if (!obj)
		goto err_elf;
	refcount_set(&obj->refs, 1);
	strscpy(obj->name, attr->name, sizeof(obj->name));
	sha256(bytes, attr->image_size, obj->digest);

	err = rex_elf_parse(elf, bytes, attr->image_size, log);
	if (err)
		goto err_obj;
	err = rex_object_get_maps(obj, attr, elf, log);
	if (err)
		goto err_obj;
	err = rex_image_create(&obj->image, elf, obj->maps, obj->map_cnt, log);
	if (err)
		goto err_obj;
	err = rex_stacks_prepare();
	if (err)
		goto err_obj;

	spin_lock(&rex_objects_lock);
	list_add_tail_rcu(&obj->node, &rex_objects);
	spin_unlock(&rex_objects_lock);
	rex_ksym_add(obj);

	kfree(elf);
	kvfree(bytes);
	return obj;

err_obj:
	rex_object_free(obj);
err_elf:
	kfree(elf);
err_bytes:
	kvfree(bytes);
	return ERR_PTR(err);
}

/**
 * rex_obj_load() - the command REX_OBJ_LOAD
 * @attr: its argument, struct rex_obj_load_attr
 * @uattr: where that is in user space
 *
 * Context: process context, may sleep.
 * Return: a file descriptor or a negative errno.
 */
int rex_obj_load(union bpf_attr *attr, void __user *uattr)
{
	const struct rex_obj_load_attr *load = (void *)attr;
	struct rex_obj_load_attr __user *uload = uattr;
	struct rex_object *obj;
	struct rex_log log;
	int err, fd;

	BUILD_BUG_ON(sizeof(*load) > sizeof(*attr));

	if (memchr_inv(load + 1, 0, sizeof(*attr) - sizeof(*load)) ||
	    load->flags || load->keyring_id || load->log_true_size ||
	    !rex_object_name_ok(load->name))
		return -EINVAL;

	err = rex_log_init(&log, load->name);
	if (err)
		return err;
	obj = rex_object_create(load, &log);
	err = rex_log_copy_out(&log, u64_to_user_ptr(load->log_buf),
			       load->log_size, &uload->log_true_size);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (err)
		goto err_put;

	fd = anon_inode_getfd("rex-object", &rex_object_fops, obj,
			      O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	err = fd;
err_put:
	rex_object_put(obj);
	return err;
}

/**
 * rex_sys_bpf() - bpf(2)'s way into Rex
 * @cmd: the command, for which rex_bpf_cmd() is true
 * @attr: its argument, zero after what user space gave
 * @uattr: where that is in user space
 *
 * Context: process context, may sleep.
 * Return: a file descriptor or a negative errno.
 */
int rex_sys_bpf(int cmd, union bpf_attr *attr, void __user *uattr)
{
	switch (cmd) {
	case REX_OBJ_LOAD:
		return rex_obj_load(attr, uattr);
	case REX_PROG_GET:
		return rex_prog_get(attr, uattr);
	default:
		return -EINVAL;
	}
}
