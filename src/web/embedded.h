/*
 * web/embedded.h - the tables that script/embed makes of assets/ and templates/, by name.
 */
#ifndef SEKISHO_WEB_EMBEDDED_H
#define SEKISHO_WEB_EMBEDDED_H

#include <stddef.h>

#include "web/asset.h"

extern const struct web_asset web_assets[];
extern const size_t web_assets_count;
extern const struct web_asset web_templates[];
extern const size_t web_templates_count;

#endif
