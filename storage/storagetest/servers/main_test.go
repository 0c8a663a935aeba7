package servers

import (
	"fmt"
	"io"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childVariable makes the test binary the process that a test kills.
const childVariable = "SERVERS_TEST_CHILD"

// Packages whose tests look for leaks use these servers: none may leave a
// goroutine behind, shared ones included.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		goleak.VerifyTestMain(m)
		return
	}
	url, err := sharedRedis.get()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, url)
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
}
