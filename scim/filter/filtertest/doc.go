// Package filtertest generates filters and resource documents for property
// tests. Both draw on the same few values, so that a filter matches some
// documents and not others.
package filtertest
