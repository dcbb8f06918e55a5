/* cmd/log_commands.h - the commands under "sekisho log"; ARGC and ARGV as in struct command, each gives the exit status. */
#ifndef SEKISHO_CMD_LOG_COMMANDS_H
#define SEKISHO_CMD_LOG_COMMANDS_H

/* Verifies an instance, a folder of tiles, an exported file or a receipt, as ARGC and ARGV say. */
int cmd_log_verify(int argc, char **argv);

#endif
