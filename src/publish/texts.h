/*
 * publish/texts.h - the checks of how a policy's texts are written, for whoever
 * examines or publishes one (policy/examine.h).
 */
#ifndef SEKISHO_PUBLISH_TEXTS_H
#define SEKISHO_PUBLISH_TEXTS_H

#include "policy/examine.h"

/* A policy_texts: parts, links and tables of statement, forms and earlier statements.  Fails with out_of_memory. */
policy_texts edition_texts;

#endif
