package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// maxSetting bounds what is read of a file with one setting in it.
const maxSetting = 64 << 10

// readFiles takes the settings that were given as files: an orchestrator puts
// secrets there, since an environment is shown by many tools. What is wrong with
// them is kept for Check, so that commands without these settings still run.
func (c *Config) readFiles() {
	c.unread = errors.Join(
		fromFile("ROSTER_DATABASE_URL", &c.DatabaseURL, c.DatabaseURLFile),
		fromFile("ROSTER_REDIS_URL", &c.RedisURL, c.RedisURLFile),
		fromFile("ROSTER_MASTER_KEY", &c.MasterKey, c.MasterKeyFile),
		fromFile("ROSTER_OIDC_CLIENT_SECRET", &c.OIDCClientSecret, c.OIDCClientSecretFile),
	)
	if c.DatabaseURL == "" && c.DatabaseURLFile == "" {
		c.DatabaseURL = defaultDatabase
	}
}

func fromFile(name string, value *string, path string) error {
	switch {
	case path == "":
		return nil
	case *value != "":
		return fmt.Errorf("%s, %s_FILE: give one of the two", name, name)
	}
	text, err := readSetting(path)
	if err != nil {
		return fmt.Errorf("%s_FILE: %w", name, err)
	}
	*value = text
	return nil
}

// readSetting reads a file with one line in it. That others may read it is left
// to the operator: Docker and Kubernetes mount secrets so, in a place that only
// the container sees. Nobody mounts them for everybody to write.
func readSetting(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is not a file", path)
	case info.Mode().Perm()&0o002 != 0:
		return "", fmt.Errorf("everybody can write %s; run: chmod o-w %s", path, path)
	case info.Size() > maxSetting:
		return "", fmt.Errorf("%s is too large for one setting", path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(text))
	if line == "" || strings.ContainsAny(line, "\r\n") {
		return "", fmt.Errorf("%s must hold the setting in one line, and nothing else", path)
	}
	return line, nil
}
