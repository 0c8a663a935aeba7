// Package scim is a SCIM 2.0 protocol engine (RFC 7643, RFC 7644): operations on
// resources, discovery, projection, ETags and errors, over a Store that the
// application provides. It uses the standard library only.
//
// An Engine serves any number of directories at once. Everything that differs
// between two requests comes in with the Caller; the Engine itself keeps no state.
package scim
