package org.dormouse.compat.boot;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** JSON in and out, and errors as problem details. */
@RestController
@RequestMapping("/books")
class BookController {
    private final Map<Long, Book> books = new ConcurrentSkipListMap<>();
    private final AtomicLong lastId = new AtomicLong();

    @GetMapping
    Collection<Book> all(@RequestParam(defaultValue = "") String title) {
        return books.values().stream()
                .filter(book -> book.title().contains(title))
                .toList();
    }

    @GetMapping("/{id}")
    Book one(@PathVariable long id) {
        Book book = books.get(id);
        if (book == null) throw new NoSuchBook(id);
        return book;
    }

    @PostMapping
    ResponseEntity<Book> add(@RequestBody Book wanted) {
        Book book = new Book(lastId.incrementAndGet(), wanted.title(), wanted.authors(), wanted.cents());
        books.put(book.id(), book);
        return ResponseEntity.created(URI.create("/books/" + book.id())).body(book);
    }

    @PutMapping("/{id}")
    Book replace(@PathVariable long id, @RequestBody Book wanted) {
        one(id);
        Book book = new Book(id, wanted.title(), wanted.authors(), wanted.cents());
        books.put(id, book);
        return book;
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable long id) {
        one(id);
        books.remove(id);
    }

    @ExceptionHandler
    ProblemDetail notFound(NoSuchBook e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, e.getMessage());
    }
}
