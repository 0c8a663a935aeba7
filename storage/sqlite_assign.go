package storage

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// assign puts a value that SQLite has returned where dest points to, by the rules
// of database/sql.
func assign(dest any, value sqldriver.Value) error {
	switch d := dest.(type) {
	case *string:
		if s, ok := value.(string); ok {
			*d = s
			return nil
		}
	case *int64:
		if n, ok := value.(int64); ok {
			*d = n
			return nil
		}
	case *int:
		if n, ok := value.(int64); ok {
			*d = int(n)
			return nil
		}
	case **int:
		if value == nil {
			*d = nil
			return nil
		}
	case *[]byte:
		return assignBytes(d, value)
	case *json.RawMessage:
		return assignBytes((*[]byte)(d), value)
	case *any:
		*d = value
		return nil
	case sql.Scanner:
		return d.Scan(value)
	}
	return assignKind(reflect.ValueOf(dest), value)
}

func assignBytes(dest *[]byte, value sqldriver.Value) error {
	switch v := value.(type) {
	case nil:
		*dest = nil
	case []byte: // a copy of SQLite's
		*dest = v
	default:
		s, err := textOf(value)
		if err != nil {
			return err
		}
		*dest = []byte(s)
	}
	return nil
}

// assignKind is assign for types that are like a simple one, and for pointers,
// which may be null.
func assignKind(dest reflect.Value, value sqldriver.Value) (err error) {
	if dest.Kind() != reflect.Pointer || dest.IsNil() {
		return fmt.Errorf("destination is %s, want a pointer", dest.Kind())
	}
	to := dest.Elem()
	switch {
	case to.Kind() == reflect.Pointer && value == nil:
		to.SetZero()
		return nil
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Interface(), value)
	case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8:
		var b []byte
		err = assignBytes(&b, value)
		to.SetBytes(b)
		return err
	case to.Kind() == reflect.Bool:
		var b any
		if b, err = sqldriver.Bool.ConvertValue(value); err == nil {
			to.SetBool(b.(bool))
		}
		return err
	}
	text, err := textOf(value)
	if err != nil {
		return err
	}
	return assignText(to, text)
}

func assignText(to reflect.Value, text string) error {
	switch {
	case to.Kind() == reflect.String:
		to.SetString(text)
		return nil
	case to.CanInt():
		n, err := strconv.ParseInt(text, 10, to.Type().Bits())
		to.SetInt(n)
		return err
	case to.CanUint():
		n, err := strconv.ParseUint(text, 10, to.Type().Bits())
		to.SetUint(n)
		return err
	case to.CanFloat():
		x, err := strconv.ParseFloat(text, to.Type().Bits())
		to.SetFloat(x)
		return err
	}
	return fmt.Errorf("a column cannot be read into %s", to.Type())
}

func textOf(value sqldriver.Value) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	return "", fmt.Errorf("%T is no text", value)
}
