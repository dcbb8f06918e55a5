/*
 * web/asset.h - the files of assets/ and templates/, which are part of the program.
 *
 * They are built in by script/embed; nothing is read from disk at run time.
 * Ownership: all is static.
 */
#ifndef SEKISHO_WEB_ASSET_H
#define SEKISHO_WEB_ASSET_H

#include "base/str.h"

struct web_asset {
	struct str name;  /* "page.css" of assets/, served as /assets/page.css; "status.html" of templates/ */
	struct str body;
	const char *type; /* media type with charset */
	const char *etag; /* strong, with its quotes: changes with the body */
};

/* The file of assets/ whose name is NAME, or NULL. */
const struct web_asset *web_asset_find(struct str name);

/* The file of templates/ whose name is NAME, or NULL. */
const struct web_asset *web_template_find(struct str name);

#endif
