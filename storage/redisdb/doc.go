// Package redisdb connects to Redis 7 or newer (or Valkey) in any of its shapes
// and answers within milliseconds also when Redis does not.
//
// # Addresses
//
//	redis://[user:password@]host[:6379][/db]
//	rediss://…                                    TLS 1.2 or newer
//	unix://[user:password@]/path/to/socket[?db=n]
//	redis://h1:p1,h2:p2,h3:p3                     Redis Cluster: several addresses
//	redis://h1:p1?addr=h2:p2&addr=h3:p3           the same
//	redis://h1:p1?cluster=true                    Redis Cluster, one address known
//	redis+sentinel://[user:password@]h1:p1,h2:p2/master[/db]   (rediss+sentinel: TLS to both)
//
// Parameters with TLS: ca, cert and key (PEM files) and server_name. With
// Sentinel: sentinel_user and sentinel_password. Certificates are always
// verified.
//
// # Failures
//
// A circuit breaker stands in front of every node, so of a Redis Cluster only
// the part that is down is away. A node is away after tripAfter failed calls in
// a row, or when half of the calls of the last ten seconds failed. Then calls
// end with ErrAway at once, and once a second one of them is let through to see
// whether the node is back.
//
// A call that ends with ErrAway was never sent. After any other error it may
// have been carried out. Nothing is repeated, apart from following the
// redirections of a Redis Cluster (and its "not now" replies, which mean that
// nothing was carried out).
//
// What counts as a failure of the node:
//
//   - no connection, a broken one, no answer in time;
//   - replies of a node that can serve nobody now: LOADING, CLUSTERDOWN,
//     MASTERDOWN, READONLY, MISCONF, NOREPLICAS, OOM, BUSY, NOAUTH, WRONGPASS,
//     too many clients.
//
// What does not: any other reply (nil, NOSCRIPT, MOVED, ASK, TRYAGAIN,
// CROSSSLOT, NOPERM, errors of a script); no free connection in the pool, for
// then the node was not asked; a caller that cancelled, or whose deadline left
// less than Timeouts.IO.
package redisdb
