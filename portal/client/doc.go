// Package client is for the vendor's app: it follows what happens in the
// directories of Roster's tenants, by reading the events API or by receiving
// webhooks.
//
// A [TenantConsumer] mirrors one tenant and a [FeedConsumer] all of them. Each
// begins with a snapshot, goes on with every event after it in order, and
// waits for the next one. It keeps its place, a cursor, where you tell it to:
//
//	roster := &client.Client{URL: "https://roster.example.com", Key: os.Getenv("API_KEY")}
//	consumer := &client.TenantConsumer{
//		Client: roster, Tenant: "ten01m81c6t0yehv834aq6jehj7w7",
//		Cursor:   client.FileCursor("roster.cursor"),
//		Snapshot: func(ctx context.Context, s *client.Snapshot) error { return mirror.Replace(ctx, s.Lines()) },
//		Apply:    func(ctx context.Context, b client.Batch) error { return mirror.Apply(ctx, b.Events) },
//	}
//	if err := consumer.Run(ctx); ctx.Err() == nil {
//		log.Fatal(err)
//	}
//
// Events come at least once: those of a batch come again if the app ended
// between applying them and keeping the cursor. So apply them such that a
// repetition changes nothing (put a document, take it away, add or remove a
// member), or keep the batch's cursor in the same transaction as its data, see
// [LoadOnly].
//
// A [Verifier] tells whether a webhook is genuine, and is an http.Handler in two
// lines:
//
//	verifier, err := client.NewVerifier(os.Getenv("WEBHOOK_SECRET"))
//	http.Handle("POST /roster", verifier.Handler(func(ctx context.Context, e client.Event) error { … }))
//
// The subpackage api has the requests and answers of the whole API.
package client
