package redisdb

import (
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"
)

// isReply reports whether an error is an answer of the server: the connection
// works.
func isReply(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}

// inability are the beginnings of replies with which a node says that it serves
// nobody at the moment, whatever is asked. See the package comment.
var inability = []string{
	"LOADING ", "CLUSTERDOWN ", "MASTERDOWN ", "READONLY ", "MISCONF ", "NOREPLICAS ", "OOM ", "BUSY ",
	"NOAUTH ", "WRONGPASS ", "max number of clients",
}

func unable(err error) bool {
	return slices.ContainsFunc(inability, func(prefix string) bool { return redis.HasErrorPrefix(err, prefix) })
}
