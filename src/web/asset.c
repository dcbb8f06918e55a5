#include "web/asset.h"

#include "web/embedded.h"

static const struct web_asset *find(const struct web_asset *table, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct web_asset *web_asset_find(struct str name)
{
	return find(web_assets, web_assets_count, name);
}

const struct web_asset *web_template_find(struct str name)
{
	return find(web_templates, web_templates_count, name);
}
