// Package cache answers what a request would otherwise ask the database, and
// never with anything older than the last commit that somebody knows of.
//
//   - Shared, with Resources and SharedCredentials: a cache in Redis that all
//     replicas on a database share. This comment is its protocol.
//   - Credentials: what tokens are worth, in memory, for half a second at most, or
//     until half a second after the database last said that nothing has changed.
//   - Registries: the schemas of tenants, in memory, by their revision.
//
// # The promise
//
// A read that begins after a write was acknowledged, or after another read has
// shown it, shows that write or a later one: on every replica, whatever becomes
// of Redis, of messages, and of processes. It rests on the database alone.
// Redis may forget, come back with old data, stand still, and carry commands out
// long after their callers have given up.
//
// # What is agreed in the database
//
// The row of cache_state has a generation and its phase. A cache key contains
// installation, generation, and the run of the database server ("epoch"), so
// nothing that was stored in one epoch is seen in another.
//
//	closed  → closed    Claim: the first replica raises the generation by one and
//	                    loads its script on every Redis master, once.
//	closed  → opening   BeginOpening: QuietTime after the closing was seen. Writers
//	                    announce from now on; nobody reads.
//	opening → open      FinishOpening: CommitBound later, by this process's clock
//	                    and by the database's.
//	any     → closed    Close: the generation is raised by one. Everybody may.
//
// A cache is opened when every replica that was seen in the last ten seconds
// reports that it reaches its Redis, and every Redis master is fit: Redis 7 or
// newer, a master, not full, and never making room by dropping keys. Who has none of this
// reports so, or is unseen; that is for peace alone. Safety does not need it.
//
// # Readers
//
// A replica reads an epoch only under a lease: it has seen the phase "open" less
// than LeaseTime ago, counted from before it asked the database.
//
// All use of Redis is one Lua script with the epoch's name in its text, called
// by digest. It is loaded by the replica that opens the generation and by nobody
// else, and Redis neither saves nor replicates scripts. So NOSCRIPT means that
// this server is not the one that was opened, or has been started since, and that
// its data may lack anything. Whoever is told so closes the generation. Every
// replica also asks every master each second.
//
// To read, the script looks at an entry and the stamps that it depends on: the
// one of the directory's groups, for a record with memberships, or the one of
// the connection, for a credential. If there is no entry that was stored under
// these stamps, it leaves the reader's nonce in its place. The reader then asks
// the database, and has the answer stored only if nonce and stamps are still
// there. Tombstones and other readers' nonces send it to the database without.
//
// A look-up by name is two reads, name to id and id to record. The second one
// checks within the script that the first still holds, so both are of one moment.
//
// # Writers
//
// Behind everything else that it writes, a transaction reads cache_state. Then,
// before its commit (Announce):
//
//   - opening or open: it puts a tombstone with its nonce on every key that it
//     changes, for 45 s. If one call fails, whatever the reason, it closes the
//     generation and goes on as if it had read "closed".
//   - closed: it waits until QuietTime has passed since this process first saw
//     that closing (nothing, if that is long ago or there never was an opening),
//     and announces nothing.
//
// Most writes announce early (AnnounceEarly), so that nobody waits for Redis behind
// what they have locked: before the last batch, under the state that this process
// has seen within LeaseTime, if it is opening or open. The batch ends with looking
// whether the premise holds: cache_state has the same generation, which is not
// closed; the server is in the same run; and its clock shows no more than five
// seconds after the announcement began. Then comes the commit, in the same batch. If
// the premise does not hold, the server refuses all of it, the tombstones are taken
// away, and the write is done again with Announce. If a call of an early announcement
// fails, the process closes the generation, waits for QuietTime, and does the same.
//
// After the commit and before the answer (Settle) it takes its nonce off each
// key, which frees the key if no other writer is there. If that fails, or a
// nonce was gone, it closes the generation and waits before it answers. If it is
// not known whether the commit took effect, it leaves the tombstones.
//
// # Why no read is stale
//
// Let an entry with the old value be read under a lease, after a commit of a new
// one. The lease says that its generation g was open within the last second.
// What did the writer read in cache_state?
//
//   - g: it has put a tombstone there before it committed, since the last call
//     succeeded. Tombstones end by Settle, after the commit, or by themselves
//     after 45 s, and until CommitBound the commit has happened or never will. No
//     nonce from before survives a tombstone, and whoever put one there
//     afterwards has asked the database after the commit. So the old value is
//     not stored.
//   - a generation before g: since then at least CommitBound has passed, the
//     time of "opening". The commit was over before anybody could read g.
//   - a generation after g, closed: it has waited for QuietTime after it saw g
//     closed. The last lease on g had begun before that and was over.
//   - a generation after g, opening or open: it came to be QuietTime after g was
//     closed. As above.
//
// An early announcement is the first of these: the look at the premise is the reading
// of cache_state, the tombstones are in the epoch that it names, run of the server
// included, and they are older by no more than five seconds. Who stands still between
// announcement and batch, or whose batch is on its way for longer, is refused, since
// the time is the server's; the process knows how late it is there, at the least, from
// the answer with the state that it has seen. What it does not know, that the state
// has changed since, it need not know.
//
// A lease is looked at before Redis is asked; what is in an epoch then was right
// at that moment, so an answer that takes long is right as of its question. It
// is looked at once more afterwards, so that answers are not old without need.
//
// # Assumptions
//
//   - A commit takes effect within CommitBound (10 s) after its transaction has
//     read cache_state, or never. Each transaction has
//     idle_in_transaction_session_timeout 5 s, so that a writer which stands
//     still has lost it, and gives a commit 8 s; carrying out a commit that has
//     arrived must not take the server more than 5 s. That setting does not
//     hold inside a batch that commits: its last statement but the commit is the
//     look, both are sent at once, and what is on its way for 5 s is given up by
//     TCP_USER_TIMEOUT, which Linux has. A process is not stopped for long while it
//     sends the two, which a full buffer may part. With synchronous
//     replication set statement_timeout, which ends the waiting for a standby.
//     On Citus, changes of connections and tokens are two-phase commits: set
//     citus.recover_2pc_interval to 5 s.
//   - All processes use the same primary. A state from a standby is refused. A
//     failover or restart of the server begins another epoch, since commits may
//     have been lost that the cache knows of.
//   - Monotonic clocks of processes run equally fast to a third. A machine that
//     is suspended, so that its clock stands still, must not serve in the
//     second after it resumes.
//   - The database's clock makes no leap of more than 10 s. Redis' clock makes no
//     leap of more than 15 s ahead during a write. Tombstones outlast both, the five
//     seconds of an early announcement, and CommitBound.
//   - No shard of a Redis Cluster fails over twice within a second, back to the
//     server on which the script was loaded.
//
// # What may happen
//
//   - A hint (pub/sub) is lost: nothing; see Credentials.
//   - A reader has loaded an old row and is slow: its nonce is gone; after 5 s
//     in any case.
//   - A writer dies between announcing and commit: readers of its keys ask the
//     database for 45 s.
//   - A writer stands still behind an early announcement, and its tombstones end: its
//     batch is refused.
//   - The cache is closed, or closed and opened, behind an early announcement: the
//     same. The tombstones are in an epoch that nobody reads.
//   - Redis carries an early announcement out late: its call has failed. There is no
//     commit, or one that was announced anew; readers ask the database for 45 s.
//   - A writer dies between commit and settling: the same. It has not answered.
//   - Redis comes back with an old dump, or a failover has lost the last writes:
//     no script, closed.
//   - Redis stands still and carries commands out later: whose announcement went
//     unanswered has closed the generation; nothing reads its keys. A late
//     settling takes away its own nonce alone, or an entry; a late filling finds
//     no nonce.
//   - One replica is cut off from Redis: it reads from the database, closes the
//     generation with its first write or second probe, and nobody opens another
//     until it is back.
//   - One replica is cut off from the database: no lease after a second.
//   - A replica stands still for longer than its lease: it finds it over.
//   - The opening replica dies: the first of the others closes what it began,
//     and opens. If it only stood still, its changes no longer apply: each names
//     the generation and phase that it expects.
//   - A process without Redis writes (a command): it closes the cache, waits for
//     QuietTime, and commits.
//   - Two writers have one key: the tombstone has both nonces.
//   - A tombstone is dropped for want of memory, or by FLUSHALL, which spares
//     scripts: the server is unfit from the next probe on, and the writer misses
//     its nonce and closes the generation before it answers. Between commit and
//     answer another read might have shown the new value and a cached one the
//     old; that much an operator can bring about by hand.
//   - Redis and the database are away: whoever cannot close the generation does
//     not acknowledge.
//
// # Revocation
//
// A revoked token is refused by every replica within a second after the answer
// to the revocation. Revoking is a write as above, whose commit comes before its
// answer at time 0. Credentials uses an answer for 500 ms, counted from before it
// asked SharedCredentials. What that answered held at some moment after it was
// asked. So after 500 ms nothing is used that was asked before time 0, and what
// is asked later says that the token is revoked.
//
// An answer is used for longer if the row of credential_changes says that nothing
// has changed: if its number is what it was before the answer was asked for, and
// was read less than 500 ms ago. Revoking raises the number in its own transaction,
// whose lock on the row ends with the commit: the number that is read after time 0
// is another one than any that was read before, and 500 ms later no other word
// counts. Servers are told apart by when they were started, since another one may
// count to the same number again. A hint shortens this to
// milliseconds. Redis away delays the revocation's answer (by QuietTime), not its
// effect.
//
// # Other versions
//
// The script's text and the format of entries are part of the protocol. During a
// rollout, replicas whose script is another one close each other's generations:
// slow, not wrong. What only changes the format keeps the script and changes
// recordFormat or credentialFormat.
package cache
