// Package scim is a SCIM 2.0 protocol engine (RFC 7643, RFC 7644): operations on
// resources, discovery, projection, ETags and errors, over a Store that the
// application provides. It uses the standard library only.
package scim
