/*
 * tests/gate/scene.h - policies and persons written in lines that a privacy
 * officer can read, for tests of the gate.
 *
 * A policy is a list of definitions, one a line: a kind, a name, and keys that
 * end in a colon with their values.  `version N from: DATE` begins a version
 * that has all of the one before it; a definition of the same kind and name
 * replaces the earlier, `remove KIND NAME` takes it out.  Dates are of Japan.
 *
 *   event NAME cancelled_by: EVENT
 *   notice NAME purposes: …
 *   channel NAME KIND is: written notice: N before: DATE purposes: …
 *   category NAME channels: CHANNEL CHANNEL/NOTICE … keep: CLOCK external_id: ITEM entrusted: PURPOSE …
 *   at_least CATEGORY keep: CLOCK items: …
 *   item CATEGORY.ITEM class: C type: T keep: CLOCK ground: statute | consent C | notice N
 *   purpose NAME uses: CATEGORY.ITEM CATEGORY.* … consent: C is: may_object needs_reason prohibited task statute contacts_person
 *           keep: CLOCK after: EVENT … related_to: … observe: DATE
 *   consent NAME purposes: … provision: P minors: AGE
 *   provision | outsourcing | joint_use NAME purposes: P items: CATEGORY.ITEM … parties: ORGANIZATION … until: DATE
 *           basis: statute | succession is: abroad
 *   set NAME from: CATEGORY output: CATEGORY.ITEM … purposes: … leaves_by: … keep: P1Y is: anonymized
 *   role NAME KIND purposes: … may: … collects: CATEGORY.ITEM … answers: … approval: ACTION ACTION/CATEGORY.ITEM …
 *           organization: ORGANIZATION sets: …
 *   history FROM/UNTIL purposes: …
 *   longer CATEGORY.ITEM | PURPOSE (after its definition): its longer keeping was decided to hold for older data too
 *
 * A CLOCK is P5Y (from acquisition), P5Y/EVENT, or P5Y/EVENT/else/CLOCK.
 * A wording's version is that of the last change of its line (a consent's: or of
 * what its purposes use); its language is ja and its hash 32 times its version.
 */
#ifndef SEKISHO_TEST_GATE_SCENE_H
#define SEKISHO_TEST_GATE_SCENE_H

#include "base/bits.h"
#include "gate/gate.h"
#include "policy/registry.h"

enum { SCENE_LINES = 200, SCENE_VERSIONS = 8, SCENE_NAMES = 400, SCENE_WORDS = 64, SCENE_ZONE = 540 };

struct scene {
	struct arena arena;
	struct scene_version {
		struct str lines[SCENE_LINES];
		uint32_t changed[SCENE_LINES]; /* version in which the line last changed */
		size_t n;
		date from;
	} versions[SCENE_VERSIONS];
	size_t n_versions;
	struct str names[SCENE_NAMES]; /* "kind name": the registry; the number is the position + 1 */
	size_t n_names;
	struct policy *example; /* the one version of a scene that is an example, or NULL; its numbers are REGISTRY's */
	struct registry registry;
	struct policy *policies[SCENE_VERSIONS];
	struct policy_set set;
	struct gate *gates[SCENE_VERSIONS]; /* as decided while this version is in force */
};

/* A line taken apart. */
struct line {
	struct str words[SCENE_WORDS];
	size_t n;
};

/* Makes S empty. */
void scene_init(struct scene *s);

/* Frees S and all that it made. */
void scene_free(struct scene *s);

/* Takes TEXT, one line of a policy, into S. */
void scene_line(struct scene *s, struct str text);

/* Makes S the scene of examples/NAME instead, as its first published version. */
void scene_example(struct scene *s, struct str name);

/* The registry number of KIND NAME in S, which is an example; 0 when it has none of that name. */
uint32_t scene_example_number(const struct scene *s, const char *kind, struct str name);

/* Compiles all versions and builds their gates. */
void scene_build(struct scene *s);

/* S's gate of the version in force at T.  S's. */
const struct gate *scene_gate(const struct scene *s, moment t);

/* The registry number of KIND NAME in S, made if need be. */
uint32_t scene_number(struct scene *s, const char *kind, struct str name);

/* Takes TEXT apart at blanks; what follows a lone # is a comment. */
struct line line_of(struct str text);

/* Fails the test: TEXT cannot be read, WHY. */
void line_bad(struct str text, const char *why);

/* The words of L that follow KEY ("uses:") up to the next key, as a line. */
struct line line_after(const struct line *l, const char *key);

/* The first word of L that follows KEY, or an empty str. */
struct str line_value(const struct line *l, const char *key);

/* True when WORD is one of those in L that follow KEY. */
bool line_says(const struct line *l, const char *key, const char *word);

/* The time TEXT in Japan: a date, or a date and time to the millisecond. */
moment scene_moment(struct str text);

/* The date TEXT. */
date scene_date(struct str text);

/* The category of P in PATH, "category.item"; its item goes to *ITEM, POLICY_NONE when it is "*" or missing. */
int scene_category(const struct policy *p, struct str path, int *item);

#endif
