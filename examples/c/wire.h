/*
 * What the biller speaks: requests are forms, answers are lines `name=value` of
 * which the last one is `end`, so that a cut answer is never taken for a whole.
 */
#ifndef WIRE_H
#define WIRE_H

#include "contract.h"

/* A text of the contract's from a constant. */
contract_string_t text(const char *constant);
bool is(contract_string_t left, const char *right);
bool same(contract_string_t left, contract_string_t right);

/* A form that is being written. */
typedef struct {
    uint8_t *bytes;
    size_t length;
} form_t;

void add(form_t *form, const char *name, contract_string_t value);
contract_string_t decimal(uint64_t number);

/* How far a request came. */
typedef enum {
    NOT_SENT,
    DOUBTFUL,
    ANSWERED,
} fate_t;

/* Sends a form once; only ANSWERED gives lines. */
fate_t ask(const char *path, form_t form, guichet_host_http_intent_t intent,
           contract_string_t *lines);

/* The value of a line; false where there is none, or more than one. */
bool value(contract_string_t lines, const char *name, contract_string_t *found);

/* The same, as a whole number of fen. */
bool fen(contract_string_t lines, const char *name, int64_t *found);

#endif
