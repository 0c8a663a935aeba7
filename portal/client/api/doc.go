// Package api has the requests and answers of Roster's API as Go types, made
// from portal/openapi.yaml. Send and receive them with client.Client.Call.
package api

//go:generate make -C ../../.. generate
