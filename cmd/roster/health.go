package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthTimeout bounds the whole question. It is above the two seconds that the
// server gives its database, so that one whose database hangs gets to say so.
const healthTimeout = 3 * time.Second

// healthCommand asks the admin address of a server with the same settings whether
// it is ready. It is the health check of images that hold nothing but the binary.
type healthCommand struct{}

// Run implements the command. It exits 1 if the server is not ready.
func (healthCommand) Run(ctx context.Context, config *Config, out *output) error {
	if config.AdminListen == adminOff {
		return errors.New("ROSTER_ADMIN_LISTEN is off, so nobody answers whether the server is ready")
	}
	status, err := readiness(ctx, config.AdminListen)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w", config.AdminListen, err)
	}
	answer := struct {
		Ready  bool `json:"ready"`
		Status int  `json:"status"`
	}{status == http.StatusOK, status}
	err = out.print(answer, func(w io.Writer) {
		if answer.Ready {
			fmt.Fprintln(w, "ready")
			return
		}
		fmt.Fprintf(w, "not ready: the server answers %d; its log says why\n", status)
	})
	if err == nil && !answer.Ready {
		return &reportedError{}
	}
	return err
}

// readiness is the status that a server answers /readyz with.
func readiness(ctx context.Context, listen string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+dialable(listen)+"/readyz", http.NoBody)
	if err != nil {
		return 0, err
	}
	// No proxy: the question is about this machine.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// dialable is an address to reach what listens at another one: a server that
// listens everywhere is asked on this machine.
func dialable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
