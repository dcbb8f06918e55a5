/*
 * web/pages.h - the routes of pages for people.
 */
#ifndef SEKISHO_WEB_PAGES_H
#define SEKISHO_WEB_PAGES_H

#include "api/api.h"

/* The routes, for api_config.pages, and in *N how many.  Static. */
const struct http_route *web_pages(size_t *n);

#endif
