package org.dormouse.compat.boot;

import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A basket that lives in the session. */
@RestController
@RequestMapping("/basket")
class BasketController {
    @PostMapping
    List<String> add(@RequestParam String title, HttpSession session) {
        List<String> basket = new ArrayList<>(basket(session));
        basket.add(title);
        session.setAttribute("basket", basket);
        return basket;
    }

    @GetMapping
    List<String> basket(HttpSession session) {
        Object basket = session.getAttribute("basket");
        return basket instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void leave(HttpSession session) {
        session.invalidate();
    }
}
