package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// serveCommand runs the server until it is told to stop.
type serveCommand struct{}

// Run implements the command.
func (serveCommand) Run(ctx context.Context, config *Config, out *output) error {
	logger, flush := newServerLogger(config, out.stderr)
	defer flush()
	tuneMemory(isSet, os.DirFS("/"), logger)
	app, err := New(*config, logger)
	if err != nil {
		return err
	}
	if err := app.Start(ctx); err != nil {
		return err
	}
	debug.FreeOSMemory() // what starting took: the API's document taken apart, migrations
	logger.Info("serving SCIM", "url", app.URL(), "admin", app.AdminURL(), "version", buildVersion())
	if listensPublicly(config.AdminListen) {
		logger.Warn("other machines can reach the admin address; metrics are for your own network alone", "admin", config.AdminListen)
	}
	started := struct {
		URL      string `json:"url"`
		AdminURL string `json:"admin_url,omitempty"`
	}{app.URL(), app.AdminURL()}
	err = out.print(started, func(w io.Writer) {
		fmt.Fprintf(w, "Roster serves SCIM at %s/scim/v2/… (Ctrl-C stops it).\n", app.URL())
		fmt.Fprintln(w, "Next: roster tenant create --name NAME")
	})
	if err != nil {
		return errors.Join(err, stop(ctx, app))
	}
	err = app.Wait(ctx)
	logger.Info("stopping: requests that are running may finish", "within", shutdownTimeout)
	err = errors.Join(err, stop(ctx, app))
	if err == nil {
		logger.Info("stopped")
	}
	return err
}

// stop closes the app although ctx has ended: that is why it stops.
func stop(ctx context.Context, app *App) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return app.Close(ctx)
}
