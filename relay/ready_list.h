// SPDX-License-Identifier: MIT
// Connections that have something to write, each at most once. A node lies inside the connection it
// stands for.
#ifndef TABCAST_RELAY_READY_LIST_H
#define TABCAST_RELAY_READY_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct ready_node {
    struct ready_node *previous, *next;
    bool is_in;
};

struct ready_list {
    struct ready_node *first;
};

static inline void ready_list_add(struct ready_list *list, struct ready_node *node) {
    if (node->is_in)
        return;
    *node = (struct ready_node){.next = list->first, .is_in = true};
    if (list->first)
        list->first->previous = node;
    list->first = node;
}

static inline void ready_list_remove(struct ready_list *list, struct ready_node *node) {
    if (!node->is_in)
        return;
    if (node->previous)
        node->previous->next = node->next;
    else
        list->first = node->next;
    if (node->next)
        node->next->previous = node->previous;
    *node = (struct ready_node){0};
}

#endif
