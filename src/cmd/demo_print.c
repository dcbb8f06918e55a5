/* What demo prints: shell variables, then lines to paste, each with what to expect. */
#include <stdio.h>

#include "cmd/demo.h"

/* One thing to try; the line is shell. */
struct step {
	const char *says, *line;
};

#define READ(person, items) "curl -sS -D head -w '\\n' \"$URL/v1/subjects/$" person "/customer?items=" items "\""
#define AS(token) " -H \"Authorization: Bearer $" token "\""
#define FOR(purpose) " -H 'Sekisho-Purpose: " purpose "'"

static const struct step steps[] = {
	{"Billing reads what billing needs.", READ("AOI", "name,bank_account") AS("BILLING") FOR("billing")},
	{"The same, to propose a new service: refused. She never consented, and proposals need no bank account.", READ("AOI", "name,bank_account") AS("MARKETING") FOR("proposals")},
	{"More than billing needs: what is withheld stands there with its clause.", READ("AOI", "name,email,birth_date") AS("BILLING") FOR("billing")},
	{"Beni has consented to proposals.", READ("BENI", "name,email") AS("MARKETING") FOR("proposals")},
	{"She withdraws her consent,", "curl -sS -D head -w '\\n' -X DELETE \"$URL/v1/subjects/$BENI/consents/marketing\"" AS("DESK") FOR("inquiry")},
	{"and the next read is refused.", READ("BENI", "name,email") AS("MARKETING") FOR("proposals")},
	{"Dai wrote his name on a survey's postcard: no other purpose may have it.", READ("DAI", "name,email") AS("BILLING") FOR("contact")},
	{"Dai asks to be erased;", "curl -sS -D head -w '\\n' \"$URL/v1/subjects/${DAI}:erase\"" AS("DESK") FOR("inquiry")
	 " -H 'Content-Type: application/json' -d '{\"basis\": \"request\", \"reason\": \"asked by letter\"}'"},
	{"nothing of him comes back.", READ("DAI", "name") AS("MARKETING") FOR("survey")},
};

void demo_print(const struct demo_cast *cast, const char *url, const char *program)
{
	const struct demo_role *roles = demo_roles();

	printf("\n# Paste this into a shell: a folder for what comes, tokens of %d applications and desks, %d people.\n"
	       "cd \"$(mktemp -d)\"\nURL=%s\nSEKISHO=%s\n",
	       DEMO_ROLES, DEMO_PEOPLE, url, program);
	for (size_t i = 0; i < DEMO_ROLES; i++)
		printf("%s=%s\n", roles[i].variable, cast->tokens[i]);
	for (size_t i = 0; i < DEMO_PEOPLE; i++) {
		struct buf id;

		buf_init(&id);
		uuid_write(&id, &cast->ids[i]);
		printf("%s=%s\n", demo_person_name(i), buf_c(&id));
		buf_free(&id);
	}
	puts("\n# Proves that the decision behind the last answer is in the log:\n"
	     "prove() {\n"
	     "\tplace=$(tr -d '\\r' <head | sed -n 's/^Sekisho-Log: //p')\n"
	     "\tcurl -sS \"$URL/v1/log/$place\" -H \"Authorization: Bearer $AUDITOR\" >entry\n"
	     "\tcurl -sS \"$URL/v1/log/$place/proof\" -H \"Authorization: Bearer $AUDITOR\" >receipt\n"
	     "\tcurl -sS \"$URL/log/vkey\" >vkey\n"
	     "\t\"$SEKISHO\" log verify --receipt receipt --entry entry --vkey vkey\n"
	     "}");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		printf("\n# %s\n%s\nprove\n", steps[i].says, steps[i].line);
	putchar('\n');
}
