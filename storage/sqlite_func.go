package storage

import (
	"crypto/sha256"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"modernc.org/sqlite"

	"github.com/roster-scim/roster/scim/schema"
)

// registerFunctions gives SQLite the comparisons that SCIM defines, so that a
// filter in SQL means what it means in memory. SQLite has them per process.
var registerFunctions = sync.OnceValue(func() error {
	if err := sqlite.RegisterDeterministicScalarFunction("roster_fold", 1, sqlFold); err != nil {
		return fmt.Errorf("register roster_fold: %w", err)
	}
	if err := sqlite.RegisterDeterministicScalarFunction("roster_micros", 1, sqlMicros); err != nil {
		return fmt.Errorf("register roster_micros: %w", err)
	}
	if err := sqlite.RegisterDeterministicScalarFunction("roster_chain", 2, sqlChain); err != nil {
		return fmt.Errorf("register roster_chain: %w", err)
	}
	return nil
})

// sqlFold is schema.Fold; what is no text stays as it is.
func sqlFold(_ *sqlite.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
	if s, ok := args[0].(string); ok {
		return schema.Fold(s), nil
	}
	return args[0], nil
}

// sqlMicros is a dateTime in microseconds since 1970 UTC, null if it is none.
func sqlMicros(_ *sqlite.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
	s, ok := args[0].(string)
	if !ok {
		return nil, nil
	}
	t, err := schema.ParseTime(s)
	if err != nil {
		return nil, nil //nolint:nilerr // what is no time is null, as the doc says
	}
	return t.UnixMicro(), nil
}

// sqlChain is the SHA-256 of two blobs, one behind the other.
func sqlChain(_ *sqlite.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
	before, ok := args[0].([]byte)
	digest, also := args[1].([]byte)
	if !ok || !also {
		return nil, errors.New("roster_chain takes two blobs")
	}
	sum := sha256.Sum256(append(before[:len(before):len(before)], digest...))
	return sum[:], nil
}
