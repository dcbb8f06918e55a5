/* cmd/policy.h - the commands of `sekisho policy` that have files of their own; for cmd/ alone. */
#ifndef SEKISHO_CMD_POLICY_H
#define SEKISHO_CMD_POLICY_H

/* `policy check`, `policy coverage`, `policy diff`, `policy draft`, `policy fmt`, `policy init`,
   `policy publish` and `policy render`; ARGC and ARGV as in struct command. */
int policy_check_command(int argc, char **argv);
int policy_coverage_command(int argc, char **argv);
int policy_diff_command(int argc, char **argv);
int policy_draft_command(int argc, char **argv);
int policy_fmt_command(int argc, char **argv);
int policy_init_command(int argc, char **argv);
int policy_publish_command(int argc, char **argv);
int policy_render_command(int argc, char **argv);

/* `policy explain` and `policy schema`; ARGC and ARGV as in struct command. */
int policy_explain_command(int argc, char **argv);
int policy_schema_command(int argc, char **argv);

#endif
