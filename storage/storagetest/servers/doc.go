// Package servers gives tests real database servers: PostgreSQL, Redis and
// Redis Cluster. A server is looked for in this order:
//
//  1. a variable names one: TEST_POSTGRES_URL (of a superuser), TEST_REDIS_URL,
//     TEST_REDIS_CLUSTER_URL;
//  2. a Docker engine answers: the images postgres:15 and redis:7;
//  3. the programs are installed here: postgres 15 or newer, redis-server 7 or
//     newer. They run as an unprivileged account if the test runs as root.
//
// TEST_SERVERS=docker or TEST_SERVERS=local allows only the one way. If there
// is none, the test fails: what is not tested must not look as if it were.
//
// [Database], [Redis] and [RedisCluster] share one server per run of the tests:
// the command "with" in the folder below starts one of each for all packages,
// otherwise each test process starts its own on first use. The New functions
// start a server for one test, which may then be killed, frozen and started
// again. [NewProxy] puts a breakable network between a client and a server.
//
// Whatever was started ends with the process that started it, however that
// one ends: see reaper.
package servers
