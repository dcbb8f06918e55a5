#include <stddef.h>

#include "cmd/cmd.h"
#include "cmd/policy.h"

int cmd_policy(int argc, char **argv)
{
	static const struct command commands[] = {
		{.name = "init", .help = "begin a policy: questions, and a commented directory", .run = policy_init_command},
		{.name = "check", .help = "check a policy directory", .run = policy_check_command},
		{.name = "diff", .help = "what changes for people from one policy to another", .run = policy_diff_command},
		{.name = "draft", .help = "a first draft of a policy from a statement", .run = policy_draft_command},
		{.name = "fmt", .help = "give a policy's files their one layout", .run = policy_fmt_command},
		{.name = "publish", .help = "make a policy the next version of an instance", .run = policy_publish_command},
		{.name = "coverage", .help = "what keeps each clause of the statement", .run = policy_coverage_command},
		{.name = "render", .help = "write statement, forms and pages as files", .run = policy_render_command},
		{.name = "explain", .help = "what a finding means, and its cure", .run = policy_explain_command},
		{.name = "schema", .help = "the JSON Schema of policy.yaml", .run = policy_schema_command},
		{.name = NULL},
	};

	return cmd_dispatch(commands, "sekisho policy", argc, argv);
}
