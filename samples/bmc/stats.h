/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BMC_STATS_H
#define BMC_STATS_H

/*
 * Writes what the extension has counted to a file, one counter a line. A message
 * says if that fails.
 */
void stats_write(int map, const char *path);

#endif
