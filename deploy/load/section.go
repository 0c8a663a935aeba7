package main

import "context"

// section is a part of the matrix that can be run on its own.
type section struct {
	name  string
	title string
	about string
	run   func(ctx context.Context, r *runner) error
}

// The names of sections, which goals differ by.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
	onRedis    = "redis"
)

var (
	sqliteKind   = kind{}
	postgresKind = kind{postgres: true}
	redisKind    = kind{postgres: true, redis: true}
	replicasKind = kind{postgres: true, redis: true, replicas: 2}
)

// sections in the order in which they run.
var sections []section

func init() { // they name each other's titles
	sections = []section{
		{onSQLite, "SQLite", "each operation, on SQLite", backend(onSQLite, sqliteKind)},
		{onPostgres, "PostgreSQL", "each operation, on PostgreSQL", backend(onPostgres, postgresKind)},
		{onRedis, "PostgreSQL and Redis", "each operation, on PostgreSQL with Redis", backend(onRedis, redisKind)},
		{"replicas", "Two replicas", "two replicas against one, with PostgreSQL and Redis", replicas},
		{"grow-sqlite", "Growth, SQLite", "directories and groups of all sizes, on SQLite", growth("grow-sqlite", sqliteKind)},
		{"grow-postgres", "Growth, PostgreSQL", "directories and groups of all sizes, many tenants, memory and start, on PostgreSQL", growth("grow-postgres", postgresKind)},
		{"scimmy", "scimmy-routers from npm", "Roster on SQLite against scimmy-routers, which keeps everything in memory", compareScimmy},
	}
}

// titleOf is what a section is called in the table.
func titleOf(name string) string {
	for _, s := range sections {
		if s.name == name {
			return s.title
		}
	}
	return name
}
