package authz

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxToken     = 8 << 10 // bytes of a token that is looked at
	maxClaims    = 256     // names in the header or in the claims, nested ones included
	maxJSONDepth = 8
)

// checkForm refuses a token that two readers could read differently, before its
// signature is looked at: one that is too long, is not three parts of unpadded
// base64url, has a name twice in an object, or has text behind an object. RFC
// 7519 section 4 lets a reader refuse names that occur twice; the JSON package
// would take the last one.
func checkForm(token string) error {
	if len(token) > maxToken {
		return fmt.Errorf("the token has more than %d bytes", maxToken)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("the token does not have three parts")
	}
	for i, part := range parts {
		data, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return errors.New("the token is not base64url")
		}
		if i < 2 {
			if err := checkObject(data); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkObject refuses what is not exactly one JSON object without repeated names.
func checkObject(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	first, err := d.Token()
	if err != nil || first != json.Delim('{') {
		return errors.New("a part of the token is not a JSON object")
	}
	names := 0
	if err := checkNames(d, &names, 1); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind a JSON object of the token")
	}
	return nil
}

// checkNames reads the rest of an object.
func checkNames(d *json.Decoder, names *int, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return errors.New("a part of the token is not JSON")
		}
		if *names++; *names > maxClaims {
			return fmt.Errorf("the token has more than %d claims", maxClaims)
		}
		if seen[name] {
			return fmt.Errorf("the token has %q twice", name)
		}
		seen[name] = true
		if err := checkValue(d, names, depth); err != nil {
			return err
		}
	}
	return closing(d)
}

// checkValue reads a value, whatever it is.
func checkValue(d *json.Decoder, names *int, depth int) error {
	token, err := d.Token()
	if err != nil {
		return errors.New("a part of the token is not JSON")
	}
	if _, nested := token.(json.Delim); nested && depth == maxJSONDepth {
		return errors.New("the token is nested too deeply")
	}
	switch token {
	case json.Delim('{'):
		return checkNames(d, names, depth+1)
	case json.Delim('['):
		for d.More() {
			if err := checkValue(d, names, depth+1); err != nil {
				return err
			}
		}
		return closing(d)
	}
	return nil
}

// closing reads the end of an object or array.
func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errors.New("a part of the token is not JSON")
	}
	return nil
}
