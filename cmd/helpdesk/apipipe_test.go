package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

// TestAHundredMegabytesOverTheAPITakeNoMemory sends a file of the largest size to the API of the real program and gets it
// back; what the program needed for it is measured by the system.
func TestAHundredMegabytesOverTheAPITakeNoMemory(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	path := fmt.Sprintf("/tickets/%d/files", w.Report(t, w.Ana, "The access point resets"))
	s := w.start(t, "web")
	ines := w.caller(t, w.Ines, core.TokenWrite)
	read := func(response *http.Response, err error, want int) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != want {
			t.Fatalf("answered with %d, want %d: %v: %s", response.StatusCode, want, err, body)
		}
		return body
	}
	response, err := ines.send(s, http.MethodGet, "/me", nil)
	read(response, err, http.StatusOK)
	before := peak(t, s.Cmd.Process.Pid)

	const size, room = 100 << 20, 48 << 20
	sent := sha256.New()
	response, err = ines.send(s, http.MethodPost, path+"?name=syslog.log&visibility=internal", io.TeeReader(&lines{left: size}, sent), "Content-Type", "application/octet-stream")
	var said struct{ Files []struct{ ID, Size int64 } }
	if err := json.Unmarshal(read(response, err, http.StatusCreated), &said); err != nil || len(said.Files) != 1 || said.Files[0].Size != size {
		t.Fatalf("the file is kept as %+v, %v", said, err)
	}
	response, err = ines.send(s, http.MethodGet, fmt.Sprintf("%s/%d", path, said.Files[0].ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	came := sha256.New()
	if _, err := io.Copy(came, response.Body); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(came.Sum(nil), sent.Sum(nil)) {
		t.Error("what came is not what was sent")
	}
	grown := peak(t, s.Cmd.Process.Pid) - before
	t.Logf("the program took %d MB more than the %d MB that it had", grown>>20, before>>20)
	if grown > room {
		t.Errorf("that is more than %d MB", room>>20)
	}

	response, err = ines.send(s, http.MethodPost, path+"?name=more.log&visibility=internal", &lines{left: size + 1}, "Content-Type", "application/octet-stream")
	if body := read(response, err, http.StatusRequestEntityTooLarge); !strings.Contains(string(body), "100 MB") {
		t.Errorf("one byte too many is refused with %s", body)
	}
}

// TestTheLimitOfFilesIsASettingOfEachDoor sets one for the API, and leaves that of the console as it is.
func TestTheLimitOfFilesIsASettingOfEachDoor(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	id := w.Report(t, w.Ana, "The access point resets")
	s, console := w.start(t, "web", "--api-max-file=1MB"), w.start(t, "ssh", "--ssh-max-file=2MB")
	ines := w.caller(t, w.Ines, core.TokenWrite)
	for size, want := range map[int]int{1 << 20: http.StatusCreated, 1<<20 + 1: http.StatusRequestEntityTooLarge} {
		response, err := ines.send(s, http.MethodPost, fmt.Sprintf("/tickets/%d/files?name=syslog.log&visibility=internal", id), &lines{left: size})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes are answered with %d, want %d", size, response.StatusCode, want)
		}
	}
	over := sshAs(t, w.Campus, w.Ines)
	for size, want := range map[int]string{2 << 20: "syslog.log", 2<<20 + 1: "larger than 2 MB"} {
		attach := over(console.address, "attach", fmt.Sprint(int64(id)), "syslog.log")
		attach.Stdin = &lines{left: size}
		out, err := attach.CombinedOutput()
		if refused := errors.As(err, new(interface{ ExitCode() int })); refused == (size == 2<<20) || !strings.Contains(string(out), want) {
			t.Errorf("%d bytes: %v: %s", size, err, out)
		}
	}
}
