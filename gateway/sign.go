package gateway

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
)

// Names of the headers that sign a REST request, spec AUTH-03.
const (
	HeaderKey        = "CH-KEY"
	HeaderTimestamp  = "CH-TIMESTAMP"
	HeaderRecvWindow = "CH-RECV-WINDOW"
	HeaderSignature  = "CH-SIGNATURE"
)

// LogonRawData returns what a logon with an HMAC key signs and carries in
// RawData(96): the time in milliseconds since 1970, a dot and the base64 of a
// nonce of 16 to 64 random bytes, spec AUTH-01.
func LogonRawData(unixMillis int64, nonce []byte) string {
	return strconv.FormatInt(unixMillis, 10) + "." + base64.StdEncoding.EncodeToString(nonce)
}

// SignLogonHMAC returns the Password(554) for a RawData(96): the base64 of its
// HMAC-SHA256 under the secret.
func SignLogonHMAC(secret []byte, rawData string) string {
	return base64.StdEncoding.EncodeToString(hmacSHA256(secret, []byte(rawData)))
}

// SignLogonEd25519 returns the RawData(96) of a logon with an Ed25519 key: the
// base64 of the signature over Credentials.SignedText, spec AUTH-02.
func SignLogonEd25519(key ed25519.PrivateKey, signed string) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

// RequestPayload returns what a REST request signs: the text of CH-TIMESTAMP,
// the method in capitals, the path with its query as sent, and the body.
func RequestPayload(timestamp, method, target string, body []byte) []byte {
	p := make([]byte, 0, len(timestamp)+len(method)+len(target)+len(body))
	p = append(p, timestamp...)
	p = append(p, method...)
	p = append(p, target...)
	return append(p, body...)
}

// SignRequestHMAC returns the CH-SIGNATURE of a payload for an HMAC key, in
// hexadecimal.
func SignRequestHMAC(secret, payload []byte) string {
	return hex.EncodeToString(hmacSHA256(secret, payload))
}

// SignRequestEd25519 returns the CH-SIGNATURE of a payload for an Ed25519 key,
// in base64.
func SignRequestEd25519(key ed25519.PrivateKey, payload []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, payload))
}

func hmacSHA256(secret, message []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(message)
	return h.Sum(nil)
}
