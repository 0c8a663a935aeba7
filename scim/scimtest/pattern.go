package scimtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Patterns in the form of a string stand for a value of some kind.
const (
	markAny      = "$any"      // anything, but there
	markString   = "$string"   // a string
	markInteger  = "$integer"  // a whole number
	markBoolean  = "$boolean"  // true or false
	markTime     = "$time"     // a dateTime
	markNonEmpty = "$nonEmpty" // a string, array or object that is not empty
	markEmpty    = "$empty"    // not there, or "", [] or {}
	markAbsent   = "$absent"   // not there
)

// Patterns in the form of an object with one of these keys alone say how its
// value is to be compared.
const (
	markRegex     = "$regex"     // a string that matches
	markExact     = "$exact"     // an array in this order with no more elements; an object with no more keys
	markUnordered = "$unordered" // an array of exactly these elements in any order
	markLength    = "$length"    // an array of this many elements
	markNone      = "$none"      // an array without an element like this
	markNot       = "$not"       // anything but this
	markAll       = "$all"       // like each of these
	markOneOf     = "$oneOf"     // like one of these
)

// marker returns the marker and its operand if pattern is {"$marker": operand}.
func marker(pattern map[string]any) (name string, operand any, ok bool) {
	if len(pattern) != 1 {
		return "", nil, false
	}
	for name, operand = range pattern {
		switch name {
		case markRegex, markExact, markUnordered, markLength, markNone, markNot, markAll, markOneOf:
			return name, operand, true
		}
	}
	return "", nil, false
}

// validatePattern refuses patterns that could not mean what they say.
func validatePattern(pattern any) error {
	switch p := pattern.(type) {
	case nil:
		return fmt.Errorf("null is no pattern: use %q", markAbsent)
	case string:
		return validateWord(p)
	case []any:
		return validateEach(p)
	case map[string]any:
		return validateObject(p)
	}
	return nil
}

func validateWord(word string) error {
	if !strings.HasPrefix(word, "$") {
		return nil
	}
	switch word {
	case markAny, markString, markInteger, markBoolean, markTime, markNonEmpty, markEmpty, markAbsent:
		return nil
	}
	return fmt.Errorf("unknown pattern %q", word)
}

func validateEach(list []any) error {
	for _, element := range list {
		if err := validatePattern(element); err != nil {
			return err
		}
	}
	return nil
}

func validateObject(object map[string]any) error {
	if name, operand, ok := marker(object); ok {
		return validateMarker(name, operand)
	}
	for key, value := range object {
		if strings.HasPrefix(key, "$") && key != "$ref" {
			return fmt.Errorf("unknown or combined marker %q", key)
		}
		if err := validatePattern(value); err != nil {
			return err
		}
	}
	return nil
}

func validateMarker(name string, operand any) error {
	switch name {
	case markRegex:
		text, ok := operand.(string)
		if !ok {
			return fmt.Errorf("%s needs a string", name)
		}
		_, err := regexp.Compile(text)
		return err
	case markLength:
		number, ok := operand.(json.Number)
		if !ok {
			return fmt.Errorf("%s needs a number", name)
		}
		_, err := strconv.ParseUint(number.String(), 10, 31)
		return err
	case markUnordered, markAll, markOneOf:
		list, ok := operand.([]any)
		if !ok {
			return fmt.Errorf("%s needs a list", name)
		}
		return validateEach(list)
	case markExact:
		return validateExact(operand)
	}
	return validatePattern(operand)
}

func validateExact(operand any) error {
	switch operand := operand.(type) {
	case []any:
		return validateEach(operand)
	case map[string]any:
		return validateObject(operand)
	}
	return fmt.Errorf("%s needs a list or an object", markExact)
}
