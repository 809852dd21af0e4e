// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "interface.h"
#include "number.h"

#define VIEW_MAX 1000000000
#define PORT_MAX 65535
#define WORDS_MAX 6

/* Where in the file we are, for messages. */
struct place {
	const char *path;
	int line;
};

static int fail(const struct place *place, const char *what, const char *word)
{
	warnx("%s:%d: %s: '%s'", place->path, place->line, what, word);
	return -1;
}

static bool parse_mac(const char *text, unsigned char *mac)
{
	char rest;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", mac,
		      mac + 1, mac + 2, mac + 3, mac + 4, mac + 5,
		      &rest) == MAC_LEN;
}

static int parse_replica(const struct place *place, char *words[], int count,
			 struct config *config)
{
	struct replica *replica;
	long index;

	if ((count != 3 && count != 5) ||
	    !parse_number(words[1], 0, REPLICAS_MAX - 1, &index))
		return fail(place,
			    "not 'replica <0 to 7> <IPv4 address> [<MAC address> <interface>]'",
			    words[0]);
	replica = &config->replicas[index];
	if (replica->known)
		return fail(place, "this replica has a line already", words[1]);
	replica->known = true;
	if (inet_pton(AF_INET, words[2], &replica->address) != 1)
		return fail(place, "no IPv4 address", words[2]);
	if (count == 5 && !parse_mac(words[3], replica->mac))
		return fail(place, "no MAC address", words[3]);
	if (count == 5) {
		replica->ifindex = interface_parse(words[4]);
		if (!replica->ifindex)
			return fail(place, "no interface", words[4]);
	}
	config->count++;
	return 0;
}

static int parse_words(const struct place *place, char *words[], int count,
		       struct config *config)
{
	static const struct {
		const char *name;
		long min, max;
	} numbers[] = {
		{ "view", 0, VIEW_MAX },
		{ "port", 1, PORT_MAX },
		{ "me", 0, REPLICAS_MAX - 1 },
	};
	long values[3] = { config->view, config->port, config->me };

	if (!strcmp(words[0], "replica"))
		return parse_replica(place, words, count, config);
	for (int i = 0; i < 3; i++) {
		if (strcmp(words[0], numbers[i].name))
			continue;
		if (count != 2 || !parse_number(words[1], numbers[i].min,
						numbers[i].max, &values[i]))
			return fail(place, "needs one number", words[0]);
		config->view = values[0];
		config->port = values[1];
		config->me = values[2];
		return 0;
	}
	return fail(place, "not one of view, port, me and replica", words[0]);
}

static int parse_line(const struct place *place, char *line,
		      struct config *config)
{
	char *words[WORDS_MAX], *save;
	int count = 0;

	line[strcspn(line, "#\n")] = 0;
	for (char *word = strtok_r(line, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (count == WORDS_MAX)
			return fail(place, "too many words", word);
		words[count++] = word;
	}
	return count ? parse_words(place, words, count, config) : 0;
}

static int check(const char *path, const struct config *config)
{
	if (!config->port || config->count < 3) {
		warnx("%s: it needs a port and three replicas or more", path);
		return -1;
	}
	for (int i = 0; i < config->count; i++) {
		const struct replica *replica = &config->replicas[i];

		if (!replica->known) {
			warnx("%s: replica %d is missing", path, i);
			return -1;
		}
		if (!replica->ifindex == (i == config->me))
			continue;
		warnx("%s: replica %d: %s", path, i,
		      i == config->me
			      ? "that is this one, which needs an address only"
			      : "needs a MAC address and an interface");
		return -1;
	}
	if (config->me < config->count)
		return 0;
	warnx("%s: there is no replica %d, which this is", path, config->me);
	return -1;
}

int config_read(const char *path, struct config *config)
{
	struct place place = { .path = path };
	FILE *file = fopen(path, "re");
	char line[256];
	int err = 0;

	*config = (struct config){ 0 };
	if (!file) {
		warn("cannot open %s", path);
		return -1;
	}
	while (!err && fgets(line, sizeof(line), file)) {
		place.line++;
		err = parse_line(&place, line, config);
	}
	fclose(file);
	return err ? err : check(path, config);
}
