/* SPDX-License-Identifier: GPL-2.0 */
/* The replicas' programs: what is left for them to do. */
#ifndef ELECTRODE_REPLICA_H
#define ELECTRODE_REPLICA_H

#include "config.h"

/*
 * Has each line of stdin logged by a majority, one after the other, and prints it
 * then. Ends with stdin, or with SIGINT. Returns 0, or -1 after a message.
 */
int leader_run(const struct config *config, int socket);

/* Prints what comes into the log, from the extension's ring buffer, until SIGINT. */
int follower_run(const struct config *config, int socket, int log_map);

#endif
