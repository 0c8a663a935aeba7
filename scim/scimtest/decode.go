package scimtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxDepth bounds how deep JSON in an answer or a transcript may nest.
const maxDepth = 64

// decode reads exactly one JSON value in UTF-8 and refuses duplicate keys, which
// encoding/json would merge. Numbers stay json.Number.
func decode(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := decodeValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return value, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(d, depth)
	case json.Delim('['):
		return decodeArray(d, depth)
	}
	return token, nil
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read JSON: %w", err)
		}
		name, _ := key.(string)
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("key %q occurs twice in one object", name)
		}
		if object[name], err = decodeValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return object, nil
}

func decodeArray(d *json.Decoder, depth int) (any, error) {
	array := []any{}
	for d.More() {
		element, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, element)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return array, nil
}
