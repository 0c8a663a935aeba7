// Package requestlog keeps what identity providers sent and what came of it: one
// line for each SCIM request, with what it meant in a sentence and, if it was
// refused, what to do about it.
//
// A request hands itself to the Recorder once it was answered and goes on. The
// Recorder's own goroutine finds out what it meant, masks it and stores it,
// every quarter of a second or, with many busy connections, every second. Reads
// and refusals that come faster than a hundred a second on one connection, and
// reads beyond five hundred a second altogether, become one line per kind and
// flush, which counts them; requests that change something never do. A crash
// loses the lines of the last second at most, and nothing of a directory. While
// the database is away lines wait in memory within bounds; then the bodies of
// the oldest go, and then the oldest lines, which are counted as lost.
//
// Paths and bodies are kept without e-mail addresses, phone numbers, postal
// addresses and passwords, unless the tenant wants bodies in full; passwords and
// tokens are never kept. What stays in the clear is whom a request was about, as
// userName or displayName: a log in which nobody can be found is of no use, and
// whoever may read it may read the directory too. Whoever may do so without
// seeing personal data is shown Line.Masked.
package requestlog
