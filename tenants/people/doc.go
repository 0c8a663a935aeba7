// Package people is what the vendor and its customers see of a tenant's
// directories: its users and groups, whoever brought them, and the users whom
// the vendor has registered by hand.
package people
