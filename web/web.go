package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// dist is the bundle; "make web" makes it.
//
//go:embed dist
var dist embed.FS

// policy lets the page load and reach nothing but its own origin, and run no
// script or style that does not stand in a file of it. Trusted Types forbid to
// make HTML of text, so that no message of the venue can become markup.
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// file is a file of the bundle as it is sent.
type file struct {
	contentType string
	etag        string
	plain       []byte
	gzipped     []byte // Nil when it would not be smaller.
}

// Handler serves the page: "/" is index.html, other paths are files of the
// bundle, anything else is 404. Only GET and HEAD are taken. Answers carry an
// ETag and are compressed for clients that accept gzip. The handler is safe for
// concurrent use; it panics when the embedded bundle cannot be read, which a
// test rules out.
func Handler() http.Handler {
	files, err := load(dist)
	if err != nil {
		panic("web: embedded bundle: " + err.Error())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		f, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		switch {
		case !ok:
			http.Error(w, "there is no such page", http.StatusNotFound)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the page takes GET and HEAD", http.StatusMethodNotAllowed)
		default:
			f.serve(w, r)
		}
	})
}

// load reads all files of the bundle, once.
func load(bundle fs.FS) (map[string]*file, error) {
	files := map[string]*file{}
	names, err := fs.Glob(bundle, "dist/*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(bundle, name)
		if err != nil {
			return nil, err
		}
		files[path.Base(name)] = newFile(path.Base(name), data)
	}
	files[""] = files["index.html"]
	if files[""] == nil {
		return nil, fs.ErrNotExist
	}
	return files, nil
}

// types are those that the system's table may not know.
var types = map[string]string{".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8"}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	f := &file{contentType: types[path.Ext(name)], etag: `"` + hex.EncodeToString(sum[:12]) + `"`, plain: data}
	if f.contentType == "" {
		f.contentType = mime.TypeByExtension(path.Ext(name))
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // The level is a valid one.
	_, _ = z.Write(data)                                  // A buffer takes everything.
	_ = z.Close()
	if b.Len() < len(data)*9/10 {
		f.gzipped = b.Bytes()
	}
	return f
}

// secure sets the headers that every answer carries.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache") // Ask again, with the tag: a new binary has a new page.
	h.Set("Vary", "Accept-Encoding")
	data, etag := f.plain, f.etag
	if f.gzipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		// The bytes differ, so the tag does.
		data, etag = f.gzipped, strings.TrimSuffix(f.etag, `"`)+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(data) // The client may be gone; there is nobody else to tell.
	}
}

// acceptsGzip says whether gzip is named in an Accept-Encoding, and not with a
// weight of zero.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) != "gzip" {
			continue
		}
		q := strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		return !slices.Contains([]string{"0", "0.0", "0.00", "0.000"}, q)
	}
	return false
}

// matches says whether an If-None-Match names the tag.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}
