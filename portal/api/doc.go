// Package api is what oapi-codegen makes of portal/openapi.yaml: the types of
// requests and answers, the routes, and the interface that handlers implement.
package api

//go:generate make -C ../.. generate
