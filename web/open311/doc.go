// Package open311 serves Open311 GeoReport v2, so that apps of the city and of the campus can report: a service is a
// category, an address_id is a room, an api_key is a personal token. Of what was reported, only that is shown which staff
// made public, in staff's words; never the reporter's.
package open311
