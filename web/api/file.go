package api

import (
	"context"
	"encoding/base64"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// Upload is a file as it is sent: it is read while it arrives, and never held.
type Upload struct {
	Once
	Name string `query:"name" required:"true" maxLength:"400" doc:"The file's name; its ending says what it is: a photograph, pdf, txt, log or csv" example:"syslog.log"`
	body *patientReader
}

// Resolve keeps the body for reading while it arrives.
func (u *Upload) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	u.body = newPatientReader(w, r.Body)
	return nil
}

type fileInput struct {
	OnTicket
	Upload
	Visibility string `query:"visibility" enum:"public,internal" default:"public" doc:"Whether the reporter gets it, or staff alone"`
	Text       string `query:"text" maxLength:"2000" doc:"A word to go with it"`
}

func binary(help string) *huma.RequestBody {
	return &huma.RequestBody{Description: help, Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

func (a *API) files() {
	register(a, operation{
		route: "GET /tickets/{ticket}/files", id: "listFiles", tag: "Files", summary: "List a ticket's files", needs: core.TokenRead,
	}, func(ctx context.Context, c *call, in *OnTicket) (*listed[File], error) {
		view, err := a.view(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		out := &listed[File]{}
		out.Body.Items = []File{}
		for i := range view.Messages {
			out.Body.Items = append(out.Body.Items, messageOf(&view.Messages[i]).Files...)
		}
		return out, nil
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/files", id: "attachFile", tag: "Files", summary: "Attach a file to a ticket", needs: core.TokenWrite, status: http.StatusCreated,
		help: "The file itself is the body. It comes as a reply, or as a note among staff.", body: binary("The file, as it is"),
	}, a.attach)
	register(a, operation{
		route: "POST /uploads", id: "uploadFile", tag: "Files", summary: "Upload a file for what you will send", needs: core.TokenReport, status: http.StatusCreated,
		help: "The file itself is the body. It is kept for a day, and goes with the report, reply or note that is sent with the same Idempotency-Key: three at most.",
		body: binary("The file, as it is"),
	}, func(ctx context.Context, c *call, in *Upload) (*struct{ Body File }, error) {
		key, err := usable(c, in.Key)
		if err != nil {
			return nil, err
		}
		if key == "" {
			p := problem(http.StatusUnprocessableEntity, "idempotency_key_missing", c.words.T("api.upload_key"))
			p.Errors = []Wrong{{Field: "Idempotency-Key", Code: p.Code, Detail: p.Detail}}
			return nil, p
		}
		file, err := a.receive(ctx, c, key, in)
		if err != nil {
			return nil, err
		}
		return &struct{ Body File }{fileOf(file)}, nil
	})
	register(a, operation{
		route: "GET /tickets/{ticket}/files/{file}", id: "downloadFile", tag: "Files", summary: "Download a file", needs: core.TokenRead,
		help: "Ranges are served, so that a download that broke off goes on.",
		answer: map[string]*huma.Response{
			"200": {Description: "The file", Content: anyFile()}, "206": {Description: "The range of it that was asked for", Content: anyFile()},
			"304": {Description: "Nothing has changed"}, "416": {Description: "The file has no such range", Content: anyFile()},
		},
		headers: []*huma.Param{{Name: "Range", In: "header", Description: "Which part, as bytes=0-1023", Schema: &huma.Schema{Type: huma.TypeString}}},
	}, a.download)
}

func anyFile() map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
}

// attach takes a file and says it on the ticket. Whoever may not do so is told before the file is read.
func (a *API) attach(ctx context.Context, c *call, in *fileInput) (*messageAnswer, error) {
	id, key, err := a.once(ctx, c, in.OnTicket, in.Once)
	if err != nil {
		return nil, err
	}
	say, as := a.desk.Reply, action.Reply
	if in.Visibility == string(core.InternalNote) {
		say, as = a.desk.Note, action.Note
	}
	view, err := a.desk.Preview(ctx, c.who, id)
	if err != nil {
		return nil, err
	}
	if refused := view.May[as]; refused != nil {
		return nil, refused
	}
	if key == "" {
		if key, err = a.desk.NewFormKey(c.who); err != nil {
			return nil, err
		}
	}
	kept, err := a.receive(ctx, c, key, &in.Upload)
	if err != nil {
		return nil, err
	}
	said, err := say(ctx, c.who, id, core.NewMessage{Key: key, Body: in.Text})
	if err != nil {
		return nil, err
	}
	out := messageOf(&said)
	file := fileOf(kept)
	file.Message = out.ID
	out.Files = []File{file}
	return &messageAnswer{out}, nil
}

// receive takes a file while it arrives. Whoever may not be here any more is told so in the middle of it.
func (a *API) receive(ctx context.Context, c *call, key string, in *Upload) (core.File, error) {
	ctx, done := a.minded(ctx, c, in.body.stop)
	defer done()
	file, err := a.desk.Upload(ctx, c.who, key, in.Name, in.body)
	if err != nil {
		return core.File{}, orRefusal(ctx, err)
	}
	return file, nil
}

type downloadInput struct {
	OnTicket
	File int64 `path:"file" doc:"Number of the file"`
}

func (a *API) download(ctx context.Context, c *call, in *downloadInput) (*huma.StreamResponse, error) {
	id, err := a.find(ctx, c, in.Ticket)
	if err != nil {
		return nil, err
	}
	out := newPatientWriter(c.w)
	ctx, done := a.minded(ctx, c, out.stop)
	file, content, err := a.desk.ReadFile(ctx, c.who, id, core.FileID(in.File))
	if err != nil {
		done()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) {
		defer done()
		header := c.w.Header()
		header.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(file.Digest[:12])+`"`)
		header.Set("Content-Type", file.MediaType)
		header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		http.ServeContent(out, c.r, "", time.Time{}, content)
	}}, nil
}
