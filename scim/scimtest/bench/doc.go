// Package bench loads any SCIM 2.0 server and measures it: a fixed number of
// keep-alive connections, each of which waits for its answer before it asks again.
// Every answer is checked, since a server that answers nonsense quickly must not
// look fast, and the client costs so little that it may share a machine with the
// server. It uses the standard library only.
package bench
