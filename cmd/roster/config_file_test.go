package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadSetting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    string // "" if it is refused
		says    string
	}{
		"a line":               {"secret\n", 0o600, "secret", ""},
		"no line end":          {"secret", 0o600, "secret", ""},
		"of another system":    {"secret\r\n", 0o400, "secret", ""},
		"as Docker mounts it":  {"secret\n", 0o444, "secret", ""},
		"writable by everyone": {"secret\n", 0o666, "", "chmod o-w"},
		"two lines":            {"secret\nsecret\n", 0o600, "", "in one line"},
		"empty":                {"\n", 0o600, "", "in one line"},
		"large":                {strings.Repeat("secret", maxSetting), 0o600, "", "too large"},
	} {
		path := filepath.Join(t.TempDir(), "setting")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		got, err := readSetting(path)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: says %v", name, err)
		}
	}
}

// TestReadSettingOfNoFile: what is no file is not waited for.
func TestReadSettingOfNoFile(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir(), filepath.Join(t.TempDir(), "nothing")} {
		if got, err := readSetting(path); err == nil || got != "" {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

// TestSettingsInFiles: a setting comes from its value or its file, not both.
func TestSettingsInFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "setting")
	if err := os.WriteFile(path, []byte("postgres://u:secret@db/roster\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Config{DatabaseURLFile: path}
	if c.readFiles(); c.unread != nil || c.DatabaseURL != "postgres://u:secret@db/roster" {
		t.Errorf("%q, %v", c.DatabaseURL, c.unread)
	}
	for name, c := range map[string]Config{
		"ROSTER_DATABASE_URL, ROSTER_DATABASE_URL_FILE": {DatabaseURL: "sqlite:secret", DatabaseURLFile: path},
		"ROSTER_REDIS_URL, ROSTER_REDIS_URL_FILE":       {RedisURL: "redis://secret", RedisURLFile: path},
		"ROSTER_MASTER_KEY, ROSTER_MASTER_KEY_FILE":     {MasterKey: "secret", MasterKeyFile: path},
		"ROSTER_REDIS_URL_FILE":                         {RedisURLFile: path + ".gone"},
	} {
		c.readFiles()
		for _, err := range []error{c.Check(), c.checkDatabase()} {
			if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
