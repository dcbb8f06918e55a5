/*
 * api/openapi.h - the interface as an OpenAPI 3.1 document, made from the table that routes.
 */
#ifndef SEKISHO_API_OPENAPI_H
#define SEKISHO_API_OPENAPI_H

#include <jansson.h>

#include "http/http.h"

/* The document for the N ROUTES; the caller's to json_decref.  NULL without memory. */
json_t *openapi_document(const struct http_route *routes, size_t n);

#endif
