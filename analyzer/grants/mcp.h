#ifndef ANALYZER_GRANTS_MCP_H
#define ANALYZER_GRANTS_MCP_H

#include "analyzer/grants/agents.h"

/* One server, on its way. */
struct server {
	struct bytes name;
	bool is_narrowed; /* a list says which tools there are */
	bool is_gated;	  /* a list says which need no question: all others do */
	bool is_literal;  /* a star in a name is one */
};

/* The members of a server's object; their context is a struct server. */
extern const struct member mcp_server_member[];
/* A list of tools: names, or what tools/list says of each. */
take_member mcp_take_tools;

#endif
