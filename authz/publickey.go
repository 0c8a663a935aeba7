package authz

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const (
	minRSABits = 2048
	maxRSABits = 8192 // a longer one would make verification slow
	maxPEMs    = 10
	maxPEM     = 8 << 10 // bytes
)

// algorithms are those that tokens of others may be signed with.
var algorithms = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
}

// publicKey is one key of an issuer.
type publicKey struct {
	id        string // kid
	algorithm string // the only one that it is for; "": any that fits its type
	key       crypto.PublicKey
}

// fits says whether a token with this alg can have been signed with the key.
func (k publicKey) fits(alg string) bool {
	if k.algorithm != "" && k.algorithm != alg {
		return false
	}
	switch key := k.key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")
	case *ecdsa.PublicKey:
		return alg == "ES256" && key.Curve == elliptic.P256() || alg == "ES384" && key.Curve == elliptic.P384()
	case ed25519.PublicKey:
		return alg == "EdDSA"
	default:
		return false
	}
}

// checkKey refuses keys that are too weak, or of a type that is not known.
func checkKey(key any) error {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n < minRSABits || n > maxRSABits {
			return fmt.Errorf("an RSA key has %d to %d bits; this one has %d", minRSABits, maxRSABits, n)
		}
		if key.E < 3 || key.E%2 == 0 {
			return errors.New("the exponent of the RSA key is not one that is safe")
		}
		return nil
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return errors.New("an ECDSA key is on P-256 or P-384")
		}
		return nil
	case ed25519.PublicKey:
		return nil
	default:
		return errors.New("give the public key of RSA, ECDSA or Ed25519")
	}
}

// fixedKeys are the keys of an issuer that were given as PEM. They go by their
// RFC 7638 thumbprint.
type fixedKeys []publicKey

func (f fixedKeys) named(_ context.Context, keyID string) ([]publicKey, error) {
	if keyID == "" {
		return f, nil
	}
	return withID(f, keyID), nil
}

func withID(keys []publicKey, id string) []publicKey {
	var found []publicKey
	for _, k := range keys {
		if k.id == id {
			found = append(found, k)
		}
	}
	return found
}

func readPEMs(texts []string) (fixedKeys, error) {
	if len(texts) > maxPEMs {
		return nil, fmt.Errorf("keys: give at most %d", maxPEMs)
	}
	var keys fixedKeys
	for i, text := range texts {
		key, err := readPEM(text)
		if err != nil {
			return nil, fmt.Errorf("keys: number %d: %w", i+1, err)
		}
		if slices.ContainsFunc(keys, func(k publicKey) bool { return k.id == key.id }) {
			return nil, fmt.Errorf("keys: number %d is there twice", i+1)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// readPEM reads exactly one public key.
func readPEM(text string) (publicKey, error) {
	if len(text) > maxPEM {
		return publicKey{}, fmt.Errorf("it has more than %d bytes", maxPEM)
	}
	block, rest := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return publicKey{}, errors.New("it is not PEM, which begins with -----BEGIN PUBLIC KEY-----")
	case strings.Contains(block.Type, "PRIVATE"):
		return publicKey{}, errors.New("it is a private key, which must not leave its owner; give the public one, and replace this pair")
	case strings.TrimSpace(string(rest)) != "":
		return publicKey{}, errors.New("there is something behind the key; give each key by itself")
	}
	var key any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return publicKey{}, fmt.Errorf("it is a %s; give a PUBLIC KEY", strings.ToLower(block.Type))
	}
	if err != nil {
		return publicKey{}, errors.New("the key cannot be read")
	}
	if err := checkKey(key); err != nil {
		return publicKey{}, err
	}
	id, err := thumbprint(key)
	return publicKey{id: id, key: key}, err
}

func thumbprint(key any) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("name the key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}
