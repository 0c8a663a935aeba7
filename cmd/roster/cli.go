package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"
)

// Exit codes of every command.
const (
	exitOK      = 0
	exitRefused = 1 // it was understood and did not work
	exitUsage   = 2 // it was not understood
)

// cli is the command line: the settings, which every command shares, and the
// commands.
type cli struct {
	Config
	JSON bool `name:"json" help:"Print one JSON object instead of text for people."`

	Serve       serveCommand       `cmd:"" group:"server" help:"Run the server."`
	Migrate     migrateCommand     `cmd:"" group:"server" help:"Bring the database's schema up to date, or show where it is."`
	Backup      backupCommand      `cmd:"" group:"server" help:"Copy the SQLite database to a file, also while a server runs."`
	Restore     restoreCommand     `cmd:"" group:"server" help:"Put a backup in place of the SQLite database, while no server runs."`
	Health      healthCommand      `cmd:"" group:"server" help:"Ask the server of this machine whether it is ready."`
	Doctor      doctorCommand      `cmd:"" group:"server" help:"Check the settings, the database and the clock, and say what to do."`
	Tenant      tenantCommand      `cmd:"" group:"manage" help:"Manage tenants: the customer organisations."`
	Connection  connectionCommand  `cmd:"" group:"manage" help:"Manage connections: an identity provider's link to a tenant."`
	Token       tokenCommand       `cmd:"" group:"manage" help:"Manage the bearer tokens of connections."`
	APIKey      apiKeyCommand      `cmd:"" name:"apikey" group:"manage" help:"Manage API keys of programs of yours."`
	LoginLink   loginLinkCommand   `cmd:"" name:"login-link" group:"manage" help:"Make a link that signs one of your own people in, once."`
	Schema      schemaCommand      `cmd:"" group:"manage" help:"Manage the schemas and resource types of a tenant's own."`
	Audit       auditCommand       `cmd:"" group:"manage" help:"Verify and export the audit logs."`
	Demo        demoCommand        `cmd:"" group:"try" help:"Run the server with three tenants whose simulated identity providers keep provisioning."`
	Simulate    simulateCommand    `cmd:"" group:"try" help:"Be an identity provider: provision a made-up company into any SCIM server and check every answer."`
	Conformance conformanceCommand `cmd:"" group:"try" help:"Check any SCIM server against RFC 7643, RFC 7644 and RFC 9865."`
	Bench       benchCommand       `cmd:"" group:"try" help:"Load any SCIM server and measure how many right answers it gives, and how fast."`
	Version     versionCommand     `cmd:"" group:"try" help:"Show which build this is."`
}

// usageError is a mistake in how a command was called. It ends with exitUsage.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	var c cli
	exited := false
	parser, err := kong.New(&c,
		kong.Name("roster"),
		kong.Description("Roster takes people and groups from identity providers over SCIM 2.0, for many tenants."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { exited = true }), // after --help
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.ValueFormatter(describeSetting),
		kong.Resolvers(environment(env)),
		kong.ExplicitGroups([]kong.Group{
			{Key: "server", Title: "Server:"},
			{Key: "manage", Title: "Manage (on the configured database, whether or not a server runs):"},
			{Key: "try", Title: "Try:"},
			{Key: "settings", Title: "Settings (flag or environment variable):"},
		}),
	)
	if err != nil {
		fmt.Fprintf(stderr, "roster: build the command line: %v\n", err)
		return exitRefused
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	// A command line that cannot be read still says how its error is wanted.
	out := &output{stdout: stdout, stderr: stderr, json: slices.Contains(args, "--json")}
	selected, err := parse(parser, args, env)
	switch {
	case exited:
		return exitOK
	case err != nil:
		return out.fail(&usageError{err.Error()})
	}
	c.readFiles()
	selected.BindTo(asCommand(ctx), (*context.Context)(nil))
	if err := selected.Run(&c.Config, out); err != nil {
		return out.fail(err)
	}
	return exitOK
}

// parse reads the command line, and the environment before it: a misspelled
// variable must not pass for a setting.
func parse(parser *kong.Kong, args, env []string) (*kong.Context, error) {
	if err := checkEnvironment(parser.Model, env); err != nil {
		return nil, err
	}
	selected, err := parser.Parse(args)
	if parseError, ok := errors.AsType[*kong.ParseError](err); ok && parseError.Context != nil {
		path := parseError.Context.Model.Name
		if node := parseError.Context.Selected(); node != nil {
			path = node.FullPath()
		}
		return nil, fmt.Errorf("%w\nSee: %s --help", err, path)
	}
	return selected, err
}
