/*
 * Heating bills of one biller: found, paid, and asked about. Every function says
 * only what a whole and genuine answer proves; anything else is unknown.
 */

#include "wire.h"

#include <stdlib.h>

/* Short names for the contract's. */
#define BILLS(name) exports_guichet_service_bill_payment_##name
#define QUERY(name) EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_QUERY_OUTCOME_##name
#define SUBMISSION(name) EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_SUBMISSION_##name
#define STATUS(name) EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_STATUS_##name
#define REVERSAL(name) EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_REVERSAL_##name
#define FAILURE(name) GUICHET_SERVICE_TYPES_FAILURE_##name
#define REASON(name) GUICHET_SERVICE_TYPES_REFUSAL_REASON_##name

static contract_string_t input(const BILLS(inputs_t) *inputs, const char *name) {
    for (size_t at = 0; at < inputs->len; at++) {
        if (is(inputs->ptr[at].f0, name)) {
            return inputs->ptr[at].f1;
        }
    }
    return text("");
}

static bool failed(BILLS(failure_t) *failure, uint8_t tag, const char *message) {
    failure->tag = tag;
    if (tag == FAILURE(UNAVAILABLE)) {
        failure->val.unavailable = (guichet_service_types_unavailability_t){.message = text(message)};
    } else {
        failure->val.not_found = text(message);
    }
    return false;
}

static BILLS(bill_t) *bill(contract_string_t number, int64_t owed) {
    BILLS(bill_t) *made = malloc(sizeof *made);
    BILLS(money_t) amount = {owed, text("CNY")};
    *made = (BILLS(bill_t)){
        .number = number,
        .title = text("采暖费"),
        .principal = amount,
        .payable = amount,
        .rule = {.tag = EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_AMOUNT_RULE_EXACT},
        .payability = {.tag = EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_PAYABILITY_PAYABLE},
        .token = text(""),
    };
    return made;
}

bool BILLS(query_bills)(BILLS(context_t) *context, BILLS(inputs_t) *inputs,
                        BILLS(query_outcome_t) *outcome, BILLS(failure_t) *failure) {
    (void)context;
    contract_string_t account = input(inputs, "account");
    contract_string_t lines, code, told, number;
    int64_t owed;
    form_t form = {0};
    add(&form, "account", account);
    if (ask("/heat/query", form, GUICHET_HOST_HTTP_INTENT_READ, &lines) != ANSWERED ||
        !value(lines, "code", &code) || !value(lines, "account", &told) || !same(told, account)) {
        return failed(failure, FAILURE(UNAVAILABLE), "no whole answer about this account");
    }
    if (is(code, "1")) {
        return failed(failure, FAILURE(NOT_FOUND), "没有这个户号");
    }
    BILLS(statement_t) statement = {
        .selection = {.tag = EXPORTS_GUICHET_SERVICE_BILL_PAYMENT_SELECTION_SINGLE},
    };
    if (is(code, "0") && value(lines, "bill", &number) && fen(lines, "fen", &owed)) {
        statement.bills = (BILLS(list_bill_t)){bill(number, owed), 1};
    } else if (!is(code, "2")) {
        return failed(failure, FAILURE(UNAVAILABLE), "a code that nobody listed, or no amount");
    }
    outcome->tag = QUERY(READY);
    outcome->val.ready = statement;
    return true;
}

/* The biller's evidence: of this order, and of its whole amount. */
static bool application(contract_string_t lines, const BILLS(order_t) *order,
                        BILLS(application_t) *made) {
    contract_string_t reference, serial, at;
    int64_t paid;
    if (!value(lines, "reference", &reference) || !same(reference, order->reference) ||
        !fen(lines, "fen", &paid) || paid != order->total.minor_units ||
        !value(lines, "serial", &serial) || serial.len == 0 || !value(lines, "at", &at)) {
        return false;
    }
    *made = (BILLS(application_t)){.serial = serial, .at = at, .amount = order->total};
    return true;
}

void BILLS(submit_payment)(BILLS(context_t) *context, BILLS(order_t) *order,
                           BILLS(submission_t) *submission) {
    (void)context;
    contract_string_t lines, code;
    form_t form = {0};
    *submission = (BILLS(submission_t)){.tag = SUBMISSION(NOT_SENT)};
    if (order->items.len != 1) {
        submission->val.not_sent = text("this biller takes one bill at a time");
        return;
    }
    add(&form, "reference", order->reference);
    add(&form, "account", input(&order->inputs, "account"));
    add(&form, "bill", order->items.ptr[0].bill_number);
    add(&form, "fen", decimal((uint64_t)order->total.minor_units));
    /* An effect: it changes something at the biller, and is sent once. */
    fate_t fate = ask("/heat/pay", form, GUICHET_HOST_HTTP_INTENT_EFFECT, &lines);
    if (fate == NOT_SENT) {
        submission->val.not_sent = text("nothing was sent");
        return;
    }
    submission->tag = SUBMISSION(UNKNOWN);
    submission->val.unknown = text("no answer that proves anything");
    if (fate != ANSWERED || !value(lines, "code", &code)) {
        return;
    }
    BILLS(application_t) applied;
    if (is(code, "0") && application(lines, order, &applied)) {
        submission->tag = SUBMISSION(APPLIED);
        submission->val.applied = applied;
    } else if (is(code, "3")) {
        submission->tag = SUBMISSION(PENDING);
        submission->val.pending = (BILLS(pending_t)){.message = text("供热公司正在入账")};
    } else if (is(code, "7")) {
        /* A code that proves that nothing was written off. */
        submission->tag = SUBMISSION(REFUSED);
        submission->val.refused = (BILLS(refusal_t)){
            .reason = {.tag = REASON(AMOUNT_CHANGED)},
            .code = text("7"),
            .message = text("应缴金额已变，请重新查询"),
        };
    }
}

void BILLS(payment_status)(BILLS(context_t) *context, BILLS(order_t) *order,
                           BILLS(pending_t) *last, BILLS(status_t) *status) {
    (void)context;
    (void)last;
    contract_string_t lines, code, reference;
    form_t form = {0};
    add(&form, "reference", order->reference);
    *status = (BILLS(status_t)){.tag = STATUS(UNKNOWN)};
    status->val.unknown = text("no answer that proves anything");
    if (ask("/heat/status", form, GUICHET_HOST_HTTP_INTENT_READ, &lines) != ANSWERED ||
        !value(lines, "code", &code) || !value(lines, "reference", &reference) ||
        !same(reference, order->reference)) {
        return;
    }
    BILLS(application_t) applied;
    if (is(code, "0") && application(lines, order, &applied)) {
        status->tag = STATUS(APPLIED);
        status->val.applied = applied;
    } else if (is(code, "1")) {
        status->tag = STATUS(NOT_FOUND);
    } else if (is(code, "3")) {
        status->tag = STATUS(PENDING);
        status->val.pending = (BILLS(pending_t)){.message = text("供热公司正在入账")};
    }
}

bool BILLS(poll_query)(BILLS(context_t) *context, contract_string_t *token,
                       BILLS(inputs_t) *inputs, BILLS(query_outcome_t) *outcome,
                       BILLS(failure_t) *failure) {
    (void)context, (void)token, (void)inputs, (void)outcome;
    failure->tag = FAILURE(OTHER);
    failure->val.other = text("this service has no second step");
    return false;
}

void BILLS(reverse_payment)(BILLS(context_t) *context, BILLS(reversal_order_t) *order,
                            BILLS(reversal_t) *reversal) {
    (void)context, (void)order;
    *reversal = (BILLS(reversal_t)){.tag = REVERSAL(REFUSED)};
    reversal->val.refused = (BILLS(refusal_t)){
        .reason = {.tag = REASON(NOT_ALLOWED)},
        .code = text(""),
        .message = text("供热公司不支持冲正"),
    };
}

void BILLS(reversal_status)(BILLS(context_t) *context, BILLS(reversal_order_t) *order,
                            BILLS(pending_t) *last, BILLS(reversal_t) *reversal) {
    (void)context, (void)order, (void)last;
    *reversal = (BILLS(reversal_t)){.tag = REVERSAL(UNKNOWN)};
    reversal->val.unknown = text("this plugin reverses nothing");
}
